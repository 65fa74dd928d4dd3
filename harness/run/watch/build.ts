// SPDX-License-Identifier: Apache-2.0
import type { BuildCommand } from '../../config/watch.js';
import { InfraError } from '../../model/errors.js';
import { CommandError } from '../../proc/run.js';
import { runGroup } from '../../proc/run-group.js';

export type BuildResult = { readonly ok: true } | { readonly ok: false; readonly output: string };

/** A command as a person would type it. */
export const buildCommandLine = ({ argv }: BuildCommand): string => argv.join(' ');

/**
 * Builds. Ended early by SIGTERM to all that it started; make takes half-written targets along.
 * @throws InfraError when there is no such program, and the signal's reason when that aborts.
 */
export async function runBuild(command: BuildCommand, signal: AbortSignal): Promise<BuildResult> {
  const [program] = command.argv;
  try {
    const { exitCode, stdout, stderr } = await runGroup(command.argv, { cwd: command.cwd, signal });
    if (exitCode === 0) return { ok: true };
    // clang speaks on stderr; what make says of its own is the same with more words.
    const output = withoutMake(stderr) || withoutMake(stdout) || `exit status ${exitCode}`;
    return { ok: false, output };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof CommandError)) throw error;
    if (error.reason !== 'not-found') return { ok: false, output: error.message };
    throw new InfraError('HARNESS', {
      message: `watch: there is no ${program} to build with`,
      next: 'install it, or name another command in watch.build of matrix.config.json',
      cause: error,
    });
  }
}

function withoutMake(text: string): string {
  return text
    .split('\n')
    .filter((line) => !/^make(\[\d+\])?: (\*\*\*|Entering|Leaving)/.test(line))
    .join('\n')
    .trim();
}
