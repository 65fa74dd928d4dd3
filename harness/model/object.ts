// SPDX-License-Identifier: Apache-2.0
/** What a BPF object on disk is, read on the host before anything boots. */
export interface ObjectIdentity {
  /** Short unique name in this run: the file name without `.bpf.o`, made unique with its folder or a number. */
  readonly name: string;
  /** Path as the user gave it. */
  readonly file: string;
  /** SHA-256 of the file, lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** The compiler as `.comment` or DWARF names it, or null when stripped. */
  readonly compiler: string | null;
  /** Program sections in file order. */
  readonly sections: readonly string[];
}
