// SPDX-License-Identifier: Apache-2.0
import type { Tone } from '../views/tone.js';

/**
 * What `report.html` has in it. Made by the harness (page-data-of.ts), read by the program in the page (page/), which shows it and
 * decides nothing. Every text may come from a guest: it becomes text of the page, and never markup.
 */

/** Version of the data. Raised when a field changes its meaning or goes: a page is read by the program that it came with. */
export const pageSchema = 2;

export interface PageData {
  readonly schema: typeof pageSchema;
  /** `bpf-matrix 0.1.0`. */
  readonly tool: string;
  /** ISO 8601, UTC. */
  readonly started: string;
  readonly verdict: PageVerdict;
  /** A line each: kernels, programs, checks, the baseline. */
  readonly totals: readonly string[];
  /** In the order of the report. */
  readonly kernels: readonly PageKernel[];
  /** What failed, changed or is to be known, most urgent first. */
  readonly entries: readonly PageEntry[];
  readonly maps: readonly HeatMap[];
  /** Programs of which it was counted what the verifier spends on each line, dearest first. */
  readonly costs: readonly PageCost[];
  /** What was tested by whom, for the page without a choice. */
  readonly about: readonly PageFact[];
}

export interface PageVerdict {
  readonly text: string;
  readonly tone: Tone;
  readonly meaning: string;
  readonly exitCode: number;
}

export interface PageKernel {
  readonly id: string;
  readonly text: string;
  readonly tone: Tone;
  /** One line: what the verdict rests on. */
  readonly detail: string;
  readonly blocks: readonly PageBlock[];
}

/** A label and its text; `href` is relative to the report, or absolute. */
export interface PageFact {
  readonly label: string;
  readonly text: string;
  readonly href: string | null;
  /** Whose it is; null where it is about all kernels of the entry. */
  readonly kernel: string | null;
}

/** The heading that an entry stands under, in the order of the page; the second half does not fail a run. */
export const entryGroups = [
  'Against the baseline',
  'Failures',
  'Findings',
  'Failed checks',
  'Broken machines',
  'Kernels that were not run',
  'Command',
  'Changes',
  'Optional programs not to be had',
  'Failed as expected',
  'Notes',
] as const;
export type EntryGroup = (typeof entryGroups)[number];

/** Something that a person should look at, with every kernel that shows the same. */
export interface PageEntry {
  /** In links; the same in every run in which the same is found. */
  readonly id: string;
  readonly group: EntryGroup;
  readonly tone: Tone;
  readonly code: string;
  readonly kernels: readonly string[];
  readonly title: string;
  /** The line that decided, below the title; null where the title says it. */
  readonly line: string | null;
  readonly blocks: readonly PageBlock[];
}

/** A part of an entry or of a kernel. */
export type PageBlock =
  | { readonly kind: 'facts'; readonly facts: readonly PageFact[] }
  | { readonly kind: 'source'; readonly file: string; readonly lines: readonly PageSourceLine[] }
  | { readonly kind: 'path'; readonly steps: readonly PageStep[] }
  | { readonly kind: 'lines'; readonly label: string; readonly lines: readonly string[] }
  /** Closed until somebody opens it. */
  | { readonly kind: 'folded'; readonly label: string; readonly lines: readonly string[] }
  | { readonly kind: 'command'; readonly label: string; readonly text: string }
  | PageLogRef;

export interface PageLogRef {
  readonly kind: 'log';
  readonly label: string;
  /** Null where it belongs to no kernel alone. */
  readonly kernel: string | null;
  /** Relative to the report folder; of a log that is in the page, what it is found by. */
  readonly path: string;
  readonly href: string;
  /** The line that decided: it is marked where the log has it. */
  readonly mark: string | null;
}

export interface PageSourceLine {
  readonly line: number;
  readonly text: string;
  readonly deciding: boolean;
}

/** A decision of the verifier. */
export interface PageStep {
  readonly insn: number;
  /** `net.bpf.h:81`; empty where line info has nothing. */
  readonly place: string;
  readonly source: string;
  /** The instruction, and which way it went. */
  readonly action: string;
  /** Registers that it names, as the verifier knew them. */
  readonly registers: string;
}

/** Rows x kernels. */
export interface HeatMap {
  /** In links: `programs/aegis`, `checks`. */
  readonly id: string;
  readonly title: string;
  readonly rows: readonly HeatRow[];
}

export interface HeatRow {
  readonly name: string;
  /** The section of a program. */
  readonly note: string;
  /** Checks with this label belong to it; null for a row without any. */
  readonly checks: string | null;
  /** One a kernel, in the order of the report. */
  readonly cells: readonly HeatCell[];
}

/** Against the baseline; `none` also where nothing was compared. */
export type HeatChange = 'none' | 'worse' | 'better' | 'other';

export interface HeatCell {
  readonly text: string;
  readonly tone: Tone;
  readonly change: HeatChange;
  /** What there is to know of it, a line each. */
  readonly said: readonly string[];
  /** Indexes into `entries`. */
  readonly entries: readonly number[];
}

/**
 * All checks of a run, compressed in the page and read when somebody wants one: texts once, and a row of indexes into them
 * for each check.
 */
export interface PageChecks {
  readonly texts: readonly string[];
  /** Kernel, label, scenario, check, attempt, state, code and what it came to, evidence. */
  readonly rows: readonly (readonly number[])[];
}

/** What the verifier spends on one program, by kernel. */
export interface PageCost {
  /** Also the name of a row in the heat map of its object. */
  readonly program: string;
  readonly object: string;
  /** One a kernel of the report, in its order; null where it was not counted. */
  readonly kernels: readonly (PageCostTotal | null)[];
}

export interface PageCostTotal {
  /** Instructions visited, and states, as a person reads them. */
  readonly text: string;
  /** Why the lines cannot be relied on; null where they add up. */
  readonly fault: string | null;
}

/** The source of all counted programs, compressed in the page and read when somebody opens one: an entry for each of `costs`. */
export type PageSources = readonly (readonly PageCostFile[])[];

/** A file of the source, as far as it became instructions that the verifier came to. */
export interface PageCostFile {
  readonly file: string;
  readonly lines: readonly {
    readonly line: number;
    readonly text: string;
    /** One a kernel of the report: visits, their share (0 to 1), passes; null where the verifier never came there. */
    readonly cells: readonly (readonly [visits: number, share: number, passes: number] | null)[];
  }[];
}

/** Names of the elements that hold the data. */
export const pageElements = {
  data: 'page-data',
  checks: 'page-checks',
  sources: 'page-sources',
  log: 'page-log',
} as const;
