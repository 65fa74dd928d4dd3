import { checkClasses, environments, type CheckClass, type ScenarioReport, type Environment } from '../model/check.js';
import type { KernelReport, RunReport } from '../model/report.js';
import { checksOf, labelOf, tallyOf, type Tally } from './checks.js';

/** Why a cell has no answer. */
export type Blank = 'not-asked' | 'unknown' | 'unavailable';

export type CheckCell =
  | { readonly kind: Blank }
  /** `broke`: the machine did not come to its end, so there may have been more to ask. */
  | { readonly kind: 'tally'; readonly tally: Tally; readonly broke: boolean };

export type ClaimCell =
  | { readonly kind: Blank }
  /** Null: the agent never said what it is. */
  | { readonly kind: 'claimed'; readonly posture: string | null };

export interface CheckRow {
  /** `signal (override)`. */
  readonly label: string;
  readonly cells: readonly CheckCell[];
}

export interface ClaimRow {
  /** `claims (override)`. */
  readonly label: string;
  readonly cells: readonly ClaimCell[];
}

/** Classes x kernels, with what the agent claimed above; cells in the order of the report's kernels. */
export interface CheckGrid {
  readonly kernels: readonly KernelReport[];
  readonly claims: readonly ClaimRow[];
  readonly rows: readonly CheckRow[];
}

/** Null when no machine ran scenarios: the run was about loading. */
export function checkGridOf({ kernels }: RunReport): CheckGrid | null {
  const machines = kernels.flatMap((kernel) => (kernel.status === 'unavailable' ? [] : kernel.scenarios));
  if (machines.length === 0) return null;
  const ran = environments.filter((environment) => machines.some((machine) => machine.environment === environment));
  const asked = new Set(kernels.flatMap(checksOf).map(labelOf));
  const pairs = checkClasses.flatMap((name) => environments.map((environment) => ({ class: name, environment })));
  return {
    kernels,
    claims: ran.map((environment) => ({
      label: `claims (${environment})`,
      cells: kernels.map((kernel) => claimCell(kernel, environment)),
    })),
    rows: pairs
      .map((pair) => ({ pair, label: labelOf(pair) }))
      .filter(({ label }) => asked.has(label))
      .map(({ pair, label }) => ({ label, cells: kernels.map((kernel) => checkCell(kernel, pair)) })),
  };
}

function claimCell(kernel: KernelReport, environment: Environment): ClaimCell {
  const machines = machinesOf(kernel, environment);
  const claimed = machines.find(({ posture }) => posture !== null);
  if (claimed) return { kind: 'claimed', posture: claimed.posture };
  const finished = machines.some(({ fault }) => fault === null);
  return finished ? { kind: 'claimed', posture: null } : { kind: blankOf(kernel) };
}

function checkCell(kernel: KernelReport, pair: { readonly class: CheckClass; readonly environment: Environment }): CheckCell {
  const machines = machinesOf(kernel, pair.environment);
  const checks = machines.flatMap((machine) => machine.checks).filter((check) => check.class === pair.class);
  if (checks.length === 0) {
    const finished = machines.length > 0 && machines.every(({ fault }) => fault === null);
    return { kind: finished ? 'not-asked' : blankOf(kernel) };
  }
  return { kind: 'tally', tally: tallyOf(checks), broke: machines.some(({ fault }) => fault !== null) };
}

function machinesOf(kernel: KernelReport, environment: Environment): readonly ScenarioReport[] {
  return kernel.status === 'unavailable' ? [] : kernel.scenarios.filter((machine) => machine.environment === environment);
}

/** After a break nobody knows what would have been asked. */
function blankOf(kernel: KernelReport): Blank {
  if (kernel.status === 'unavailable') return 'unavailable';
  const broke = kernel.status === 'broken' || kernel.scenarios.some(({ fault }) => fault !== null);
  return broke ? 'unknown' : 'not-asked';
}
