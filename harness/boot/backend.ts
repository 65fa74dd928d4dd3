// SPDX-License-Identifier: Apache-2.0
import { type MachineSpec, qemuArgv } from './qemu-argv.js';
import { vngArgv } from './vng-argv.js';

/** Who starts QEMU: this tool, or virtme-ng with its own idea of a machine. */
export type Backend =
  | { readonly kind: 'qemu' }
  | {
      readonly kind: 'virtme-ng';
      /** The vng program. */
      readonly vng: string;
      /** `1.35`. */
      readonly version: string;
      /** What vng is given as QEMU: scripts/vng-qemu. Absolute. */
      readonly wrapper: string;
    };

/** What is started for a machine. */
export interface Command {
  readonly program: string;
  readonly argv: readonly string[];
  /** Words before the program; the RPC channel is descriptor 3 here. */
  readonly prefix: readonly string[];
}

/** `qemu` is the QEMU binary; virtme-ng gets it by the environment of its wrapper. */
export function backendCommand(backend: Backend, qemu: string, spec: MachineSpec): Command {
  switch (backend.kind) {
    case 'qemu':
      return { program: qemu, argv: qemuArgv(spec), prefix: [] };
    case 'virtme-ng':
      return { program: backend.vng, argv: vngArgv(spec, backend.wrapper), prefix: rpcAsStdin(qemu) };
  }
}

/** Python's subprocess hands on nothing but the standard descriptors. */
function rpcAsStdin(qemu: string): readonly string[] {
  return ['/usr/bin/env', `BPF_MATRIX_QEMU=${qemu}`, '/bin/sh', '-c', 'exec "$@" <&3 3<&-', 'sh'];
}
