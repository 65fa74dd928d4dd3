// SPDX-License-Identifier: Apache-2.0
import { isManifestCode } from '../../model/verdict.js';
import type { PlacedEntry } from './entry.js';
import type { EntryGroup, HeatChange } from './page-data.js';

/** What is said in a row of a map about a kernel. */
export interface EntryIndex {
  readonly at: (map: string, row: string, kernel: string) => readonly number[];
  /** Why a kernel has no answer: its machines broke, or it was not run. */
  readonly silence: (kernel: string) => readonly number[];
  /** Is it of a program or an object that does not load or attach. */
  readonly isFailure: (entry: number) => boolean;
  readonly change: (entries: readonly number[]) => HeatChange;
}

export function entryIndex(placed: readonly PlacedEntry[]): EntryIndex {
  const known = new Map<string, number[]>();
  for (const [number, { entry, places }] of placed.entries()) {
    for (const { map, row } of places) {
      for (const kernel of entry.kernels) {
        const key = JSON.stringify([map, row, kernel]);
        known.set(key, [...(known.get(key) ?? []), number]);
      }
    }
  }
  return {
    at: (map, row, kernel) => known.get(JSON.stringify([map, row, kernel])) ?? [],
    silence: (kernel) =>
      [...placed.entries()].flatMap(([number, { entry }]) =>
        silent.has(entry.group) && entry.kernels.includes(kernel) ? [number] : [],
      ),
    isFailure: (number) => placed[number]?.entry.group === 'Failures',
    change: (entries) => {
      const own = entries.flatMap((number) => placed[number]?.entry ?? []);
      const changed = own.filter(({ group }) => group === 'Against the baseline' || group === 'Changes');
      if (changed.some(({ code }) => isManifestCode(code))) return 'worse';
      if (changed.some(({ code }) => code === 'GAINED')) return 'better';
      return changed.length > 0 ? 'other' : 'none';
    },
  };
}

const silent: ReadonlySet<EntryGroup> = new Set(['Broken machines', 'Kernels that were not run']);
