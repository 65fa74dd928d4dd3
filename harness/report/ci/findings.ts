// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import type { Surface } from '../destination.js';
import { entryId, type PlacedEntry } from '../html/entry.js';
import { placedEntries } from '../html/page-data-of.js';
import type { EntryGroup, PageEntry, PageFact } from '../html/page-data.js';
import type { FinishedRun } from '../reporter.js';
import { docTarget } from '../views/doc-link.js';
import { workspacePath } from '../views/workspace.js';

/** What a run has to say that a CI system shows at a line of a file, or beside it: the entries of the page. */
export interface CiFinding {
  /** The same for the same in every run, and unique in this one. */
  readonly fingerprint: string;
  readonly code: string;
  /** `note`: better, or other, and nothing fails by it. */
  readonly level: 'error' | 'warning' | 'note';
  /** Of the machinery around what was tested: nothing is said about that. */
  readonly isMachine: boolean;
  /** Is it news against the baseline. */
  readonly isChange: boolean;
  readonly kernels: readonly string[];
  /** What it is about, in one line. */
  readonly title: string;
  /** The line that decided, what was and what is now, or what came of an attempt; null where the title says it. */
  readonly line: string | null;
  /** What to do about it. */
  readonly advice: string | null;
  /** A command line that asks just this again. */
  readonly again: string | null;
  /** A line of the source, in the checkout; null where none is known. */
  readonly place: { readonly file: string; readonly line: number; readonly text: string } | null;
  /** What it is about where no line is known: the object or the agent, in the checkout where it is there. */
  readonly file: string;
}

/** In the order in which a person should read them. */
export function ciFindings(run: FinishedRun, surface: Surface): readonly CiFinding[] {
  const { report, baseline } = run;
  const placed = placedEntries({ report, diffs: baseline?.diffs ?? null, target: docTarget(surface) });
  const seen = new Map<string, number>();
  return placed.flatMap((one): readonly CiFinding[] => {
    const { entry } = one;
    const kind = kinds[entry.group];
    if (kind === null) return [];
    const id = fingerprintOf(entry, kind);
    const count = (seen.get(id) ?? 0) + 1;
    seen.set(id, count);
    return [
      {
        fingerprint: count === 1 ? id : `${id}-${count}`,
        // A scenario that fails in several ways has all of their codes.
        code: entry.code.replace(/,.*/, ''),
        ...kind,
        kernels: entry.kernels,
        title: entry.title,
        line: entry.line ?? attemptOf(entry),
        advice: factOf(entry, 'do') ?? factOf(entry, 'next'),
        again: againOf(entry),
        place: placeOf(one, surface),
        file: fileOf(entry, run, surface),
      },
    ];
  });
}

type Kind = Pick<CiFinding, 'level' | 'isMachine' | 'isChange'>;

const failed: Kind = { level: 'error', isMachine: false, isChange: false };

/** Null for what was expected, may fail, or should be known. */
const kinds: Readonly<Record<EntryGroup, Kind | null>> = {
  'Against the baseline': { ...failed, isChange: true },
  Failures: failed,
  Findings: failed,
  'Failed checks': failed,
  Command: failed,
  'Broken machines': { level: 'error', isMachine: true, isChange: false },
  'Kernels that were not run': { level: 'warning', isMachine: true, isChange: false },
  Changes: { level: 'note', isMachine: false, isChange: true },
  'Optional programs not to be had': null,
  'Failed as expected': null,
  Notes: null,
};

/** Of a change without the numbers, which are others with each edit of a program. */
function fingerprintOf({ id, code, title }: PageEntry, { isChange }: Kind): string {
  return isChange ? entryId(code, title) : id;
}

function factsOf({ blocks }: PageEntry): readonly PageFact[] {
  return blocks.flatMap((block) => (block.kind === 'facts' ? block.facts : []));
}

function factOf(entry: PageEntry, label: string): string | null {
  return factsOf(entry).find((fact) => fact.label === label)?.text ?? null;
}

/** `open /t/file/secret r: expected EPERM, succeeded`; null of what is about no attempt. */
function attemptOf(entry: PageEntry): string | null {
  const [tried, expected, actual] = ['tried', 'expected', 'actual'].map((label) => factOf(entry, label));
  const came = expected == null || actual == null ? checkOf(entry) : `expected ${expected}, ${actual}`;
  return came === null ? null : tried == null ? came : `${tried}: ${came}`;
}

/** The first check of a scenario that failed without a finding: `denied: ENFORCEMENT_LEAK: expected EPERM, succeeded`. */
function checkOf(entry: PageEntry): string | null {
  const [first] = factsOf(entry);
  return entry.group !== 'Failed checks' || first === undefined ? null : `${first.label}: ${first.text}`;
}

function againOf({ blocks }: PageEntry): string | null {
  return blocks.flatMap((block) => (block.kind === 'command' ? [block.text] : []))[0] ?? null;
}

function placeOf({ source }: PlacedEntry, surface: Surface): CiFinding['place'] {
  if (source === undefined) return null;
  const file = workspacePath(source.file, surface);
  return file === null ? null : { file, line: source.line, text: source.text.trim() };
}

/** Programs are in an object; what an agent does is its own. */
function fileOf({ group }: PageEntry, { report }: FinishedRun, surface: Surface): string {
  const { objects, agent } = report;
  const isAgents = group === 'Findings' || group === 'Failed checks';
  const file = (isAgents ? agent?.file : undefined) ?? objects[0]?.file ?? agent?.file ?? report.tool.name;
  return workspacePath(file, surface) ?? basename(file);
}

/** `6.1, 6.12`; of the run as a whole nothing. */
export function describeKernels({ kernels }: Pick<CiFinding, 'kernels'>): string {
  return kernels.length === 0 ? '' : ` on ${kernels.join(', ')}`;
}

/** What is wrong, where, and by which evidence, in one line of plain text. */
export function findingText({ title, line, ...finding }: CiFinding): string {
  return `${title}${describeKernels(finding)}${line === null ? '' : `: ${line}`}`;
}
