// SPDX-License-Identifier: Apache-2.0
import { access } from 'node:fs/promises';
import { relative } from 'node:path';
import { invocation, isInstalled } from '../model/invocation.js';
import { UsageError } from '../model/errors.js';
import type { RunReport } from '../model/report.js';
import type { Ending } from './ending.js';

/** What a command has around it besides its arguments. */
export interface CliContext {
  readonly env: NodeJS.ProcessEnv;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  /** Aborted with an InterruptedError by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Hears of a report that is in place. */
  readonly ending: Pick<Ending, 'committed'>;
  readonly tool: RunReport['tool'];
  /** Which libbpf bootstrap has built; null before it has. */
  readonly libbpf: string | null;
}

/** The path of a file that the build makes. Throws UsageError when it was not built. */
export async function builtFile(path: string): Promise<string> {
  try {
    await access(path);
    return path;
  } catch (cause) {
    throw new UsageError({
      message: `${relative(process.cwd(), path)} has not been built`,
      next: isInstalled
        ? 'it is no part of the package that is installed: use a checkout'
        : `run scripts/bootstrap, or start with ${invocation}, which does it`,
      cause,
    });
  }
}
