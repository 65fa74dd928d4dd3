// SPDX-License-Identifier: Apache-2.0
/** What the booted guest says of itself. Read by the guest, not assumed from the package. */
export interface GuestFacts {
  /** `uname -r`. */
  readonly release: string;
  /** `uname -v`. */
  readonly build: string;
  readonly machine: string;
  /** `/proc/cmdline`. */
  readonly cmdline: string;
  /** `/sys/kernel/security/lsm`, or null when there is no such file. */
  readonly lsm: readonly string[] | null;
  /** `/sys/kernel/btf/vmlinux`, or null without one. */
  readonly btf: { readonly sha256: string; readonly size: number } | null;
  /** CONFIG_ options that matter to BPF, `y`, `m`, a value, or `n`; null when the configuration is unknown. */
  readonly config: { readonly sha256: string; readonly options: Readonly<Record<string, string>> } | null;
  /** Version of the libbpf the guest is linked with. */
  readonly libbpf: string;
  /** Bytes of usable memory. */
  readonly memory: number;
  readonly cpus: number;
}
