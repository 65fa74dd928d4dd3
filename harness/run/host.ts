// SPDX-License-Identifier: Apache-2.0
import type { Backend } from '../boot/backend.js';
import { sandboxArgv } from '../boot/qemu-argv.js';
import { InfraError } from '../model/errors.js';
import { CommandError, runProgram } from '../proc/run.js';
import type { Target } from '../target.js';

/** A QEMU binary, who starts it, and the architecture of its guests. */
export interface QemuInUse {
  readonly qemu: string;
  readonly backend: Backend;
  readonly target: Target;
}

/** QEMU's version and, where another program starts it, that one's. Throws InfraError when QEMU cannot be run. */
async function machineVersion({ qemu, backend, target }: QemuInUse, signal: AbortSignal): Promise<string> {
  const version = await qemuVersion(qemu, target, signal);
  return backend.kind === 'qemu' ? version : `${version}, started by ${backend.kind} ${backend.version}`;
}

/** What a run has to know of its QEMU. */
export interface ExaminedQemu {
  /** As `machineVersion` has it. */
  readonly qemuVersion: string;
  /** Does it run in its own sandbox (`sandboxArgv`)? Never where another program starts it. */
  readonly sandbox: boolean;
}

/** Of a QEMU that does not. */
export const withoutSandbox = 'this QEMU does not take -sandbox: it may make any system call';

/** Starts it twice, and says what it is. Throws InfraError when it cannot be run. */
export async function examineQemu(inUse: QemuInUse, signal: AbortSignal): Promise<ExaminedQemu> {
  const [qemuVersion, sandbox] = await Promise.all([
    machineVersion(inUse, signal),
    inUse.backend.kind === 'qemu' && takesSandbox(inUse.qemu, signal),
  ]);
  return { qemuVersion, sandbox };
}

/**
 * QEMU can be built without seccomp, and then knows no such option; a container can keep it from using it. `-cpu help` is
 * answered once the sandbox is in force.
 */
async function takesSandbox(qemu: string, signal: AbortSignal): Promise<boolean> {
  const { exitCode } = await runProgram(qemu, [...sandboxArgv, '-cpu', 'help'], { signal, timeout: 20_000 }).catch(
    (error: unknown) => {
      signal.throwIfAborted();
      if (error instanceof CommandError) return { exitCode: null };
      throw error;
    },
  );
  return exitCode === 0;
}

/** First line of `qemu --version`, which names version and package. Throws InfraError when QEMU cannot be run. */
async function qemuVersion(qemu: string, target: Target, signal: AbortSignal): Promise<string> {
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
