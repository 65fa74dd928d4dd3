// SPDX-License-Identifier: Apache-2.0
/** A file that has an object in it. */
interface ObjectBuild {
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
  /** Of the kernels that it is for, by its name (target.ts); absent for one that is for all. */
  readonly architecture?: string;
}

/** What a BPF object on disk is, read on the host before anything boots. */
export interface ObjectIdentity extends ObjectBuild {
  /** Short unique name in this run: the file name without `.bpf.o`, made unique with its folder or a number. */
  readonly name: string;
  /** The same object for kernels of other architectures; absent where the run has one file of it. */
  readonly builds?: readonly (ObjectBuild & { readonly architecture: string })[];
}
