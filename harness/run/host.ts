// SPDX-License-Identifier: Apache-2.0
import type { Backend } from '../boot/backend.js';
import { InfraError } from '../model/errors.js';
import { CommandError, runProgram } from '../proc/run.js';
import { target } from '../target.js';

/** QEMU's version and, where another program starts it, that one's. Throws InfraError when QEMU cannot be run. */
export async function machineVersion(
  { qemu, backend }: { readonly qemu: string; readonly backend: Backend },
  signal: AbortSignal,
): Promise<string> {
  const version = await qemuVersion(qemu, signal);
  return backend.kind === 'qemu' ? version : `${version}, started by ${backend.kind} ${backend.version}`;
}

/** First line of `qemu --version`, which names version and package. Throws InfraError when QEMU cannot be run. */
async function qemuVersion(qemu: string, signal: AbortSignal): Promise<string> {
  try {
    const { stdout } = await runProgram(qemu, ['--version'], { signal, timeout: 20_000 });
    return (stdout.split('\n')[0] ?? '').replace(/^QEMU emulator version /, '');
  } catch (error) {
    signal.throwIfAborted();
    const missing = error instanceof CommandError && error.reason === 'not-found';
    throw new InfraError('QEMU_START', {
      message: missing ? `boot: there is no ${qemu}` : `boot: ${qemu} cannot be run`,
      next: `apt-get install ${target.qemu.package}, or name the binary in BPF_MATRIX_QEMU`,
      cause: error,
    });
  }
}
