// SPDX-License-Identifier: Apache-2.0
import type { KernelReport, ProgramReport, RunReport } from '../../model/report.js';
import { junitCasesOf, wholeObject, type Case } from '../views/cases.js';
import {
  checkGridOf,
  checkText,
  claimText,
  type CheckCell,
  type CheckGrid,
  type ClaimCell,
} from '../views/check-grid.js';
import { checkTallyText } from '../views/checks.js';
import { formatCount, formatNumber } from '../views/format.js';
import { gridsOf, type Cell, type Grid } from '../views/grid.js';
import { cellLabels, type CellText } from '../views/labels.js';
import { oneLine } from '../views/text.js';
import { checkMap, type PlacedEntry, programMap } from './entry.js';
import { type EntryIndex, entryIndex } from './entry-index.js';
import type { HeatCell, HeatMap, HeatRow } from './page-data.js';

/** Programs x kernels of each object, and classes x kernels; maps and rows with what changed first, then with what failed. */
export function heatMaps(report: RunReport, placed: readonly PlacedEntry[]): readonly HeatMap[] {
  const index = entryIndex(placed);
  const grid = checkGridOf(report);
  const maps = [
    ...gridsOf(report).map((one) => programHeatMap(one, report, index)),
    ...(grid === null ? [] : [checkHeatMap(grid, index)]),
  ];
  return maps
    .map((map) => ({ ...map, rows: map.rows.toSorted((a, b) => urgency(a) - urgency(b)) }))
    .toSorted((a, b) => mapUrgency(a) - mapUrgency(b));
}

function programHeatMap({ object, kernels, rows }: Grid, report: RunReport, index: EntryIndex): HeatMap {
  const id = programMap(object);
  const programs = rows.filter(({ section }) => section !== null);
  const entriesOf = (name: string, kernel: string, { kind }: Cell): readonly number[] => {
    if (isSilent(kind)) return index.silence(kernel);
    const own = index.at(id, name, kernel);
    const fails = name === wholeObject && (kind === 'fail' || kind === 'infra');
    if (own.length > 0 || !fails) return own;
    // An object that fails for the reason of its programs has no entry of its own.
    return programs.flatMap((program) => index.at(id, program.name, kernel)).filter(index.isFailure);
  };
  const cases = new Map(kernels.map((kernel) => [kernel.id, casesIn(kernel, object)]));
  return {
    id,
    title: report.objects.length > 1 ? `Programs of ${object}` : `Programs`,
    rows: rows.map(({ name, section, cells }) => ({
      name,
      note: section ?? '',
      checks: null,
      cells: cells.map((cell, at) => {
        const kernel = kernels[at];
        const entries = kernel === undefined ? [] : entriesOf(name, kernel.id, cell);
        const own = (cases.get(kernel?.id ?? '') ?? []).filter(({ item }) => item === name);
        const program = kernel === undefined ? undefined : programIn(kernel, object, name);
        return heatCell(cellLabels[cell.kind], programSaid(cell, own, program), entries, index);
      }),
    })),
  };
}

function casesIn(kernel: KernelReport, object: string): readonly Case[] {
  return kernel.status === 'unavailable' ? [] : junitCasesOf(kernel).filter((one) => one.object === object);
}

function programIn(kernel: KernelReport, object: string, name: string): ProgramReport | undefined {
  if (kernel.status === 'unavailable' || name === wholeObject) return undefined;
  return kernel.objects.find((one) => one.object === object)?.programs.find((program) => program.name === name);
}

function programSaid(cell: Cell, cases: readonly Case[], program: ProgramReport | undefined): readonly string[] {
  const steps = cases.flatMap(({ step, outcome }) => {
    if (outcome.kind === 'pass') return [];
    return [`${step}: ${outcome.kind === 'skipped' ? outcome.reason : outcome.code}`];
  });
  const attached =
    program?.attach.kind === 'attached' && program.attach.place !== null ? [`at ${program.attach.place}`] : [];
  return [cellLabels[cell.kind].meaning, ...steps, ...attached, ...verifierSaid(program?.stats ?? null)];
}

/** `verifier: 762 instructions, 62 states, 168 bytes of stack`, as far as the kernel says. */
function verifierSaid(stats: ProgramReport['stats']): readonly string[] {
  const parts = [
    ...(stats?.insns == null ? [] : [formatCount(stats.insns, 'instruction')]),
    ...(stats?.totalStates == null ? [] : [formatCount(stats.totalStates, 'state')]),
    ...(stats?.stackDepth == null ? [] : [`${formatNumber(stats.stackDepth)} bytes of stack`]),
  ];
  return parts.length === 0 ? [] : [`verifier: ${parts.join(', ')}`];
}

function checkHeatMap({ kernels, claims, rows }: CheckGrid, index: EntryIndex): HeatMap {
  const cell = (row: string, one: CheckCell | ClaimCell, at: number): HeatCell => {
    const kernel = kernels[at]?.id ?? '';
    const broke = isSilent(one.kind) || (one.kind === 'tally' && one.broke);
    const entries = [...index.at(checkMap, row, kernel), ...(broke ? index.silence(kernel) : [])];
    return one.kind === 'claimed'
      ? heatCell(claimText(one), ['the state that the agent says it is in'], entries, index)
      : heatCell(checkText(one), checkSaid(one), entries, index);
  };
  return {
    id: checkMap,
    title: 'Checks',
    rows: [
      ...rows.map(({ label, cells }) => ({
        name: label,
        note: '',
        checks: label,
        cells: cells.map((one, at) => cell(label, one, at)),
      })),
      ...claims.map(({ label, cells }) => ({
        name: label,
        note: '',
        checks: null,
        cells: cells.map((one, at) => cell(label, one, at)),
      })),
    ],
  };
}

/** Nobody knows what it would have been. */
function isSilent(kind: Cell['kind'] | CheckCell['kind'] | ClaimCell['kind']): boolean {
  return kind === 'unknown' || kind === 'unavailable';
}

function checkSaid(cell: CheckCell): readonly string[] {
  if (cell.kind !== 'tally') return [cellLabels[cell.kind].meaning];
  const broke = cell.broke ? ['the machine broke; there may have been more to ask'] : [];
  return [checkTallyText(cell.tally), ...broke];
}

function heatCell(
  { text, tone }: CellText,
  said: readonly string[],
  entries: readonly number[],
  index: EntryIndex,
): HeatCell {
  return { text, tone, change: index.change(entries), said: said.map(oneLine), entries };
}

/** Of its first row; what is merely unusual does not put a map before another. */
function mapUrgency({ rows: [first] }: HeatMap): number {
  return first === undefined ? calm : Math.min(urgency(first), calm);
}

const calm = 3;

/** Lower comes first. */
function urgency({ cells }: HeatRow): number {
  const is = (test: (cell: HeatCell) => boolean): boolean => cells.some(test);
  if (is(({ change }) => change === 'worse')) return 0;
  if (is(({ change }) => change !== 'none')) return 1;
  if (is(({ tone }) => tone === 'bad')) return 2;
  return is(({ tone }) => tone === 'warn') ? calm : calm + 1;
}
