// SPDX-License-Identifier: Apache-2.0
import { groupsByKey } from '../../model/grouped-by.js';
import type { KernelReport } from '../../model/report.js';

/** A note, and the kernels that have it, in the order of the report. */
export interface NoteOfKernels {
  readonly note: string;
  readonly kernels: readonly string[];
}

/** Each note once that `isShown` takes. */
export function notesOf(
  kernels: readonly KernelReport[],
  isShown: (note: string) => boolean,
): readonly NoteOfKernels[] {
  const all = kernels.flatMap(({ id, notes }) => notes.filter(isShown).map((note) => ({ id, note })));
  return [...groupsByKey(all, ({ note }) => note)].map(([note, same]) => ({ note, kernels: same.map(({ id }) => id) }));
}
