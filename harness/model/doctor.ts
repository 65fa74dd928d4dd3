// SPDX-License-Identifier: Apache-2.0

/**
 * What a host has of something that runs need. `slow`: runs work, and could be faster or show more. `missing`: a run of
 * the default matrix would end with 3.
 */
export type HostState = 'ok' | 'slow' | 'missing';

/** One line of `doctor`. */
export interface HostCheck {
  /** `qemu`, `kernel 6.12`. */
  readonly name: string;
  readonly state: HostState;
  /** What is there, or what is not and why. */
  readonly detail: string;
  /** What to do about it; null where there is nothing to do. */
  readonly next: string | null;
}

/** What this host can do. */
export interface HostReport {
  readonly schema: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly checks: readonly HostCheck[];
}
