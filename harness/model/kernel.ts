// SPDX-License-Identifier: Apache-2.0
import type { Family } from '../kernels/families.js';
import type { UnavailableReason } from './verdict.js';

/** The name a user gives a kernel on the command line: `6.1`, `newest`, `mykernel`. */
export type KernelId = string;

/** Where a kernel comes from: the archives of a family, or a file the user named. */
export type KernelSource = Family | 'file';

/**
 * How the kernel at hand relates to `kernels/lock.json`: `pinned` is the locked version, `drifted` the newest of the
 * same series because the locked one is gone, `pending` the newest of a series that nobody could lock yet, `unlocked` no
 * kernel of the catalog (a point release of a bisection), `local` a file of the user's.
 */
export const lockStates = ['pinned', 'drifted', 'pending', 'unlocked', 'local'] as const;
export type LockState = (typeof lockStates)[number];

/** A file that a kernel is unpacked from, a package. */
export interface KernelArtifact {
  readonly package: string;
  readonly version: string;
  /** As the archive names it: `amd64`; null where an older lock or report does not say. */
  readonly architecture: string | null;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Bytes; null where an older lock or report does not say. */
  readonly size: number | null;
}

/** Families sign an image after they have built it; of one version both may be there, with other bytes. */
export function isUnsignedImage(packageName: string): boolean {
  return /(^|-)unsigned(-|$)/.test(packageName);
}

/** What makes a result belong to exactly one kernel. */
export interface KernelIdentity {
  readonly id: KernelId;
  readonly source: KernelSource;
  /** Archive suite (`bookworm-security`), or null for a file. */
  readonly suite: string | null;
  /** Binary package that holds the image, or null for a file. */
  readonly package: string | null;
  /** Package version, or null for a file. */
  readonly version: string | null;
  /** Every one that is unpacked, that with the image first; none for a file. */
  readonly artifacts: readonly KernelArtifact[];
  /** What `uname -r` has to say in its guests, by its package; null for a file, which may say what it likes. */
  readonly release: string | null;
  /** SHA-256 of the kernel image that is booted, lower-case hex. */
  readonly imageSha256: string;
  /** Of its configuration; null without one. */
  readonly configSha256: string | null;
  /** Of the paths and contents of the modules that are kept of it; null without any, and for a file. */
  readonly modulesSha256: string | null;
  readonly lock: LockState;
  /** The package and the version that the lock asks for, where there is an entry. */
  readonly pinnedPackage: string | null;
  readonly pinnedVersion: string | null;
}

/** Absolute paths of an unpacked kernel. */
export interface KernelFiles {
  /** As QEMU's -kernel takes it: the architecture's image, or a PVH vmlinux. */
  readonly image: string;
  /** The `lib/modules/RELEASE` folder, or null when the kernel came without modules. */
  readonly modules: string | null;
  /** The kernel's build configuration, or null when unknown. */
  readonly config: string | null;
}

export interface ReadyKernel {
  readonly status: 'ready';
  readonly identity: KernelIdentity;
  readonly files: KernelFiles;
}

export interface UnavailableKernel {
  readonly status: 'unavailable';
  readonly id: KernelId;
  readonly source: KernelSource;
  readonly reason: UnavailableReason;
  /** One line: what is missing. */
  readonly detail: string;
  /** What was tried, in order, one line each, with its outcome. */
  readonly tried: readonly string[];
  /** What the reader can do. */
  readonly next: string;
}

export type KernelResolution = ReadyKernel | UnavailableKernel;
