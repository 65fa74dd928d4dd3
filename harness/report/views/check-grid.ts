// SPDX-License-Identifier: Apache-2.0
import { conventions, machineLabel } from '../../contracts/registry.js';
import { assertNever } from '../../model/assert-never.js';
import {
  checkClasses,
  environments,
  type CheckClass,
  type CheckReport,
  type ScenarioReport,
  type Environment,
} from '../../model/check.js';
import type { KernelReport, RunReport } from '../../model/report.js';
import { askedChecks, checksOf, checkLabel, checkTallyOf, type CheckTally } from './checks.js';
import { cellLabels, type CellKind, type CellText } from './labels.js';
import { oneLine } from './text.js';
import type { Tone } from './tone.js';

/** Why a cell has no answer. */
export type Blank = 'not-asked' | 'unknown' | 'unavailable';

export type CheckCell =
  | { readonly kind: Blank }
  /** `broke`: the machine did not come to its end, so there may have been more to ask. */
  | { readonly kind: 'tally'; readonly tally: CheckTally; readonly broke: boolean };

export type ClaimCell =
  | { readonly kind: Blank }
  /** Null: the agent never said what it is. */
  | { readonly kind: 'claimed'; readonly posture: string | null };

export interface CheckRow {
  /** `signal (lsm-override)`. */
  readonly label: string;
  readonly cells: readonly CheckCell[];
}

export interface ClaimRow {
  /** `claims (lsm-override)`. */
  readonly label: string;
  readonly cells: readonly ClaimCell[];
}

/** Classes x kernels, with what the agent claimed above; cells in the order of the report's kernels. */
export interface CheckGrid {
  readonly kernels: readonly KernelReport[];
  readonly claims: readonly ClaimRow[];
  /** More than one end in all of them. */
  readonly rows: readonly CheckRow[];
}

/** Null when no machine ran scenarios: the run was about loading. */
export function checkGridOf({ kernels }: RunReport): CheckGrid | null {
  const machines = kernels.flatMap((kernel) => (kernel.status === 'unavailable' ? [] : kernel.scenarios));
  if (machines.length === 0) return null;
  const places = conventions.flatMap(({ contract }) => environments.map((environment) => ({ contract, environment })));
  const ran = places.filter((place) => machines.some((machine) => isMachineAt(machine, place)));
  const asked = new Set(kernels.flatMap(checksOf).map(checkLabel));
  const cells = conventions.flatMap(({ contract }) =>
    checkClasses.flatMap((name) => environments.map((environment) => ({ class: name, environment, contract }))),
  );
  const rows = cells
    .map((pair) => ({ pair, label: checkLabel(pair) }))
    .filter(({ label }) => asked.has(label))
    .map(({ pair, label }) => ({ label, cells: kernels.map((kernel) => checkCell(kernel, pair)) }));
  return {
    kernels,
    claims: ran.map((place) => ({
      label: `claims (${machineLabel(place)})`,
      cells: kernels.map((kernel) => claimCell(kernel, place)),
    })),
    rows: rows.length < 2 ? rows : [...rows, { label: 'all checks', cells: kernels.map(totalCell) }],
  };
}

/** Of all machines of a kernel, what had to pass; what stands beside it is in the rows above, and would widen the column. */
function totalCell(kernel: KernelReport): CheckCell {
  const machines = kernel.status === 'unavailable' ? [] : kernel.scenarios;
  const checks = machines.flatMap((machine) => machine.checks);
  const asked = checks.filter(({ outcome: { kind } }) => kind !== 'not-offered' && kind !== 'gained');
  return asked.length === 0 ? { kind: blankOf(kernel) } : tallyCell(asked, machines);
}

function tallyCell(checks: readonly CheckReport[], machines: readonly ScenarioReport[]): CheckCell {
  return { kind: 'tally', tally: checkTallyOf(checks), broke: machines.some(({ fault }) => fault !== null) };
}

function claimCell(kernel: KernelReport, place: MachinePlace): ClaimCell {
  const machines = machinesOf(kernel, place);
  const claimed = machines.find(({ posture }) => posture !== null);
  if (claimed) return { kind: 'claimed', posture: claimed.posture };
  const finished = machines.some(({ fault }) => fault === null);
  return finished ? { kind: 'claimed', posture: null } : { kind: blankOf(kernel) };
}

function checkCell(kernel: KernelReport, pair: MachinePlace & { readonly class: CheckClass }): CheckCell {
  const machines = machinesOf(kernel, pair);
  const checks = machines.flatMap((machine) => machine.checks).filter((check) => check.class === pair.class);
  if (checks.length === 0) {
    const finished = machines.length > 0 && machines.every(({ fault }) => fault === null);
    return { kind: finished ? 'not-asked' : blankOf(kernel) };
  }
  return tallyCell(checks, machines);
}

interface MachinePlace {
  readonly contract: string;
  readonly environment: Environment;
}

function isMachineAt({ contract, environment }: ScenarioReport, place: MachinePlace): boolean {
  return contract === place.contract && environment === place.environment;
}

function machinesOf(kernel: KernelReport, place: MachinePlace): readonly ScenarioReport[] {
  return kernel.status === 'unavailable' ? [] : kernel.scenarios.filter((machine) => isMachineAt(machine, place));
}

/** After a break nobody knows what would have been asked. */
function blankOf(kernel: KernelReport): Blank {
  if (kernel.status === 'unavailable') return 'unavailable';
  const broke = kernel.status === 'broken' || kernel.scenarios.some(({ fault }) => fault !== null);
  return broke ? 'unknown' : 'not-asked';
}

/** A posture is what the agent says of itself, may be anything, and is no verdict: its tone is neutral. */
export function claimText(cell: ClaimCell): CellText {
  if (cell.kind !== 'claimed') return cellLabels[cell.kind];
  const { posture } = cell;
  if (posture === null) return { text: '-', tone: 'dull' };
  return { text: oneLine(posture), tone: 'dull' };
}

/** `42/42`, `40/42 +3`, `12/12?`: passed of asked, and what stands beside it. */
export function checkText(cell: CheckCell): CellText {
  if (cell.kind !== 'tally') return cellLabels[cell.kind];
  const { tally, broke } = cell;
  const asked = askedChecks(tally);
  const fraction = asked === 0 ? '' : `${tally.pass}/${asked}`;
  const text = [
    `${fraction}${broke ? '?' : ''}`,
    ...(tally['not-offered'] === 0 ? [] : [`+${tally['not-offered']}`]),
    ...(tally.gained === 0 ? [] : [`^${tally.gained}`]),
  ];
  return { text: text.filter((part) => part !== '').join(' '), tone: toneOf(tally, broke) };
}

function toneOf(tally: CheckTally, broke: boolean): Tone {
  if (tally.fail > 0) return 'bad';
  if (tally.unproved > 0 || broke) return 'warn';
  return tally.pass > 0 ? 'good' : 'dull';
}

/** A sign in the table and what it means. */
export interface LegendEntry {
  readonly sign: string;
  readonly meaning: string;
}

const signs = {
  claims: { sign: 'claims', meaning: 'the state that the agent says it is in' },
  offered: { sign: '+n', meaning: 'not offered by the agent or the kernel; never counted as passed' },
  gained: { sign: '^n', meaning: 'said to be out of reach, and met: improvements to write down' },
  broke: { sign: '?', meaning: 'the machine broke; there may have been more to ask' },
} as const;

/** What the signs in use mean, in a fixed order. */
export function checkLegend({ claims, rows }: CheckGrid): readonly LegendEntry[] {
  const cells = rows.flatMap((row) => row.cells);
  const has = (test: (tally: CheckTally) => boolean): boolean =>
    cells.some((cell) => cell.kind === 'tally' && test(cell.tally));
  const blanks = new Set<CellKind>();
  for (const { kind } of [...claims, ...rows].flatMap((row): readonly (CheckCell | ClaimCell)[] => row.cells)) {
    if (kind !== 'tally' && kind !== 'claimed' && kind !== 'unknown') blanks.add(kind);
  }
  const broke = [...claims.flatMap((row) => row.cells), ...cells].some(isBroken);
  return [
    signs.claims,
    ...(has((tally) => tally['not-offered'] > 0) ? [signs.offered] : []),
    ...(has((tally) => tally.gained > 0) ? [signs.gained] : []),
    ...(broke ? [signs.broke] : []),
    ...[...blanks].map((kind) => ({ sign: cellLabels[kind].text, meaning: cellLabels[kind].meaning })),
  ];
}

function isBroken(cell: CheckCell | ClaimCell): boolean {
  switch (cell.kind) {
    case 'tally':
      return cell.broke;
    case 'unknown':
      return true;
    case 'claimed':
    case 'not-asked':
    case 'unavailable':
      return false;
    default:
      return assertNever(cell);
  }
}
