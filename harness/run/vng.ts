// SPDX-License-Identifier: Apache-2.0
import { InfraError } from '../model/errors.js';
import { CommandError, runProgram } from '../proc/run.js';

/** The first with everything that boot/vng-argv.ts asks of it, and the oldest that was tried. */
const oldest = [1, 35] as const;

/** `1.35` of `vng --version`. Throws InfraError when there is none, or one that is too old. */
export async function vngVersion(vng: string, signal: AbortSignal): Promise<string> {
  const version = parseVngVersion(await versionText(vng, signal));
  if (version === null) throw unusable(`${vng} --version does not say which virtme-ng it is`);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > oldest[0] || (major === oldest[0] && minor >= oldest[1])) return version;
  throw unusable(`${vng} is virtme-ng ${version}, and ${oldest.join('.')} or newer is needed`);
}

/** `virtme-ng 1.35+8.gd46b4f2` is 1.35. */
export function parseVngVersion(text: string): string | null {
  return /^virtme-ng v?(\d+\.\d+)/m.exec(text)?.[1] ?? null;
}

async function versionText(vng: string, signal: AbortSignal): Promise<string> {
  try {
    const { stdout, stderr } = await runProgram(vng, ['--version'], { signal, timeout: 60_000 });
    return `${stdout}\n${stderr}`;
  } catch (error) {
    signal.throwIfAborted();
    const missing = error instanceof CommandError && error.reason === 'not-found';
    throw unusable(missing ? `there is no ${vng}` : `${vng} cannot be run`, error);
  }
}

function unusable(why: string, cause?: unknown): InfraError {
  return new InfraError('QEMU_START', {
    message: `boot: --backend virtme-ng: ${why}`,
    next: 'install virtme-ng (Debian 13: apt-get install virtme-ng), name it in BPF_MATRIX_VNG, or use --backend qemu',
    cause,
  });
}
