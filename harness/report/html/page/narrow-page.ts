// SPDX-License-Identifier: Apache-2.0
import {
  entryGroups,
  type EntryGroup,
  type HeatMap,
  type HeatRow,
  type PageData,
  type PageEntry,
} from '../page-data.js';
import type { Route } from './route.js';

/** Words that all have to be there; a kernel's name narrows the columns. */
export interface SearchWords {
  readonly kernels: readonly string[];
  readonly words: readonly string[];
}

export function searchWords(query: string, { kernels }: PageData): SearchWords {
  const all = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  const ids = kernels.map(({ id }) => id);
  return {
    kernels: ids.filter((id) => all.includes(id.toLowerCase())),
    words: all.filter((word) => !ids.some((id) => id.toLowerCase() === word)),
  };
}

export function hasWords(text: string, words: readonly string[]): boolean {
  const lower = text.toLowerCase();
  return words.every((word) => lower.includes(word));
}

/** The part of a page that a route leaves. */
export interface NarrowedPage {
  readonly groups: readonly { readonly group: EntryGroup; readonly entries: readonly PageEntry[] }[];
  readonly maps: readonly HeatMap[];
  /** Columns that are shown. */
  readonly columns: readonly number[];
}

export function narrowPage(data: PageData, route: Pick<Route, 'query' | 'show'>): NarrowedPage {
  const { kernels, words } = searchWords(route.query, data);
  const columns = data.kernels.flatMap(({ id }, at) => (kernels.length === 0 || kernels.includes(id) ? [at] : []));
  const entries = data.entries.filter((entry) => isEntryAsked(entry, kernels, words));
  const groups = entryGroups.map((group) => ({ group, entries: entries.filter((entry) => entry.group === group) }));
  const maps = data.maps.map((map) => ({
    ...map,
    rows: map.rows.filter((row) => isRowAsked(row, map, { words, columns, show: route.show })),
  }));
  return {
    groups: groups.filter((one) => one.entries.length > 0),
    maps: maps.filter(({ rows }) => rows.length > 0),
    columns,
  };
}

function isEntryAsked(entry: PageEntry, kernels: readonly string[], words: readonly string[]): boolean {
  const isOn = kernels.length === 0 || entry.kernels.length === 0 || entry.kernels.some((id) => kernels.includes(id));
  return isOn && hasWords(`${entry.code} ${entry.title} ${entry.line ?? ''} ${entry.group}`, words);
}

function isRowAsked(
  row: HeatRow,
  { title }: HeatMap,
  { words, columns, show }: Pick<NarrowedPage, 'columns'> & Pick<Route, 'show'> & Pick<SearchWords, 'words'>,
): boolean {
  if (show === 'bad' && !columns.some((at) => isBadCell(row.cells[at]))) return false;
  return hasWords(`${row.name} ${row.note} ${title}`, words);
}

function isBadCell(cell: HeatRow['cells'][number] | undefined): boolean {
  return cell !== undefined && (cell.change !== 'none' || cell.tone === 'bad');
}

/** Groups of what fails no run; closed until somebody opens them. */
export const quietGroups: ReadonlySet<EntryGroup> = new Set([
  'Changes',
  'Optional programs not to be had',
  'Failed as expected',
  'Notes',
]);
