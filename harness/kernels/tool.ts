// SPDX-License-Identifier: Apache-2.0
import { CommandError, type CommandOptions, type CommandResult, runProgram, runProgramForBytes } from '../proc/run.js';

/** The Debian and Ubuntu package of each program used here. */
const packages = {
  'apt-config': 'apt',
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
  bsdtar: 'libarchive-tools',
  curl: 'curl',
  gpgv: 'gpgv',
  prlimit: 'util-linux',
  rpmkeys: 'rpm',
  xz: 'xz-utils',
  zstd: 'zstd',
} as const;
export type Tool = keyof typeof packages;

/** A program this host lacks. */
export class ToolMissingError extends Error {
  override readonly name = 'ToolMissingError';

  constructor(
    readonly tool: string,
    /** What to install. */
    readonly package_: string,
    /** Where it was looked for, one line each. */
    readonly tried: readonly string[] = [],
  ) {
    super(`${tool} is not installed`);
  }
}

/**
 * Runs one of the tools to its end.
 * @throws ToolMissingError when it is not installed; the signal's reason when it was aborted; CommandError otherwise.
 */
export function runTool(tool: Tool, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return guarded(tool, options.signal, () => runProgram(tool, args, options));
}

/** As `runTool`, for output that is not text. */
export function runToolForBytes(
  tool: Tool,
  args: readonly string[],
  options: Pick<CommandOptions, 'signal'> = {},
): Promise<{ readonly exitCode: number; readonly stdout: Uint8Array; readonly stderr: string }> {
  return guarded(tool, options.signal, () => runProgramForBytes(tool, args, options));
}

async function guarded<T>(tool: Tool, signal: AbortSignal | undefined, run: () => Promise<T>): Promise<T> {
  signal?.throwIfAborted();
  try {
    return await run();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof CommandError && error.reason === 'not-found') {
      throw new ToolMissingError(tool, packages[tool]);
    }
    throw error;
  }
}
