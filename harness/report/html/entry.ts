// SPDX-License-Identifier: Apache-2.0
import { hashBytes } from '../../kernels/cache/hash.js';
import type { ManifestDiff } from '../../model/manifest.js';
import type { RunReport, SourceLine } from '../../model/report.js';
import type { DocTarget } from '../views/doc-link.js';
import type { PageEntry } from './page-data.js';

/** What a page is made of. */
export interface PageSource {
  readonly report: RunReport;
  /** Null where nothing was compared with a baseline. */
  readonly diffs: readonly ManifestDiff[] | null;
  readonly target: DocTarget;
}

/** A row of a heat map. */
export interface PagePlace {
  readonly map: string;
  readonly row: string;
}

/** An entry and the rows in which its kernels show it. */
export interface PlacedEntry {
  readonly entry: PageEntry;
  readonly places: readonly PagePlace[];
  /** The line of the source that it is about; absent where none is known. */
  readonly source?: SourceLine;
}

/** In links: the same for the same in every run. */
export function entryId(code: string, ...key: readonly unknown[]): string {
  return `${code}-${hashBytes(JSON.stringify(key)).slice(0, 8)}`;
}

export const programMap = (object: string): string => `programs/${object}`;
export const checkMap = 'checks';
