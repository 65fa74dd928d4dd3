// SPDX-License-Identifier: Apache-2.0
import { defaultContract, machineLabel } from '../../contracts/registry.js';
import type { CheckRef, Finding, FirstAttempt, FoldedCount } from '../../model/finding.js';
import { invocation } from '../../model/invocation.js';
import type { KernelReport, RunReport } from '../../model/report.js';
import { shellWord } from '../../proc/shell-quote.js';
import { machineFolder } from '../../results/paths.js';
import { withoutCounts } from '../../verdict/finding-roots.js';
import { describeHook } from '../../verdict/judge-observation.js';
import { checkLabel, type PlacedCheck } from './checks.js';
import { formatCount, formatNumber } from './format.js';

/** A finding about attempts, with every kernel that shows the same. */
export interface ShownFinding {
  /** Of the first of them. */
  readonly finding: Finding & { readonly first: FirstAttempt };
  readonly kernels: readonly string[];
  /** What the agent wrote on the machine of the first attempt, a folder a kernel, in the report folder. */
  readonly logs: readonly string[];
  /** A command line that asks just this again, on all of them. */
  readonly again: string;
}

/** Findings about attempts, in the order of kernels, equal ones merged. What does not load is shown with its log. */
export function findingsIn(report: RunReport): readonly ShownFinding[] {
  const merged = new Map<string, Merged>();
  for (const kernel of report.kernels) {
    for (const finding of findingsOn(kernel)) {
      const { first } = finding;
      if (first === null) continue;
      const key = sameFinding(finding, first);
      const before = merged.get(key) ?? { finding: withoutRepeats(finding, first), on: [], logs: [] };
      const logs = [...before.logs, logsOf(finding, first, kernel)];
      merged.set(key, { ...before, on: [...before.on, kernel], logs });
    }
  }
  return [...merged.values()].map(({ finding, on, logs }) => ({
    finding,
    logs,
    kernels: on.map(({ id }) => id),
    again: rerunCommand(finding, on, report),
  }));
}

interface Merged extends Pick<ShownFinding, 'finding' | 'logs'> {
  readonly on: readonly KernelReport[];
}

function findingsOn(kernel: KernelReport): readonly Finding[] {
  return kernel.status === 'unavailable' ? [] : kernel.findings;
}

/** How much follows from it may differ from kernel to kernel, and what was measured and process numbers do. */
function sameFinding({ contract, code, title, environments, rule }: Finding, first: FirstAttempt): string {
  const { class: name, scenario, check, attempt, expected } = first;
  const actual = withoutCounts(first.actual);
  const about = title.replaceAll(first.actual, actual);
  return JSON.stringify([contract, code, about, environments, rule, name, scenario, check, attempt, expected, actual]);
}

/** The title says hook and program already. */
function withoutRepeats(finding: Finding, first: FirstAttempt): ShownFinding['finding'] {
  const { hook, program } = finding;
  const repeated = hook === null || program === null ? null : describeHook({ hook, program });
  return { ...finding, first: { ...first, evidence: first.evidence.filter((line) => line !== repeated) } };
}

function logsOf({ contract }: Finding, { environment }: FirstAttempt, { id }: KernelReport): string {
  return `${machineFolder(id, machineLabel({ contract: contract ?? defaultContract.name, environment }))}/`;
}

/** The finding that a check of a kernel is put down to. */
export function findingOfCheck(kernel: KernelReport, check: PlacedCheck): Finding | undefined {
  return findingsOn(kernel).find(({ contract, refs }) =>
    refs.some(
      (ref) =>
        contract === check.contract &&
        ref.class === check.class &&
        ref.environment === check.environment &&
        ref.scenario === check.scenario &&
        ref.check === check.check,
    ),
  );
}

/** `and 35 more checks (12 file, 23 bypass)`, `30 ENFORCEMENT_LEAK`, `34 SCENARIO_CHANGED`; none where nothing follows. */
export function describeFolded({ finding: { checks, byClass, first, folded } }: ShownFinding): readonly string[] {
  const more = `and ${formatCount(checks - 1, 'more check')} (${countedClasses(without(byClass, first))})`;
  const lines = [
    ...(checks > 1 ? [more] : []),
    countedCodes(folded.filter(isOfCheck)),
    countedCodes(folded.filter((one) => !isOfCheck(one))),
  ];
  return lines.filter((line) => line !== '');
}

function countedClasses(byClass: Finding['byClass']): string {
  return byClass.map(({ class: name, count }) => `${formatNumber(count)} ${name}`).join(', ');
}

function countedCodes(codes: readonly FoldedCount[]): string {
  return codes.map(({ code, count }) => `${formatNumber(count)} ${code}`).join(', ');
}

function without(byClass: Finding['byClass'], { class: name }: FirstAttempt): Finding['byClass'] {
  const rest = byClass.map((one) => (one.class === name ? { ...one, count: one.count - 1 } : one));
  return rest.filter(({ count }) => count > 0);
}

/** Checks that failed, unlike those that nobody could look at and rows of a baseline. */
function isOfCheck({ code }: FoldedCount): boolean {
  return code !== 'unproved' && code !== 'SCENARIO_CHANGED' && code !== 'HOOK_LOST';
}

/** `file: open for reading: denied`. */
export function firstCheckOf(finding: ShownFinding['finding']): string {
  const { first } = finding;
  return `${scenarioLabel(first, contractOf(finding))}: ${first.check}`;
}

/** A line a scenario with its checks that failed, but for the first check of all. */
export function foldedScenarioNames(finding: ShownFinding['finding']): readonly string[] {
  const scenarios = new Map<string, string[]>();
  for (const ref of finding.refs.filter((one) => !isSameCheck(one, finding.first))) {
    const label = scenarioLabel(ref, contractOf(finding));
    scenarios.set(label, [...(scenarios.get(label) ?? []), ref.check]);
  }
  return [...scenarios].map(([name, checks]) => `${name}: ${checks.join(', ')}`);
}

function isSameCheck(a: CheckRef, b: CheckRef): boolean {
  return a.class === b.class && a.environment === b.environment && a.scenario === b.scenario && a.check === b.check;
}

function scenarioLabel(ref: CheckRef, contract: string): string {
  return `${checkLabel({ ...ref, contract })}: ${ref.scenario}`;
}

/** Of what does not load nothing was attempted. */
function contractOf({ contract }: Finding): string {
  return contract ?? defaultContract.name;
}

/** What the agent's event claims about an attempt that succeeded; null of a check that is about none. */
export function describeClaim({ finding }: ShownFinding): string | null {
  const { eventClaim, first } = finding;
  if (eventClaim !== null) return `its event says ${claimWords(finding)}, and the attempt succeeded`;
  return first.check === 'denied' && first.actual === 'succeeded' ? 'no event claims that it was stopped' : null;
}

/** `denied (BLOCK in the contract's words)` of an agent with a dialect. */
function claimWords({ eventClaim, eventWord }: Finding): string {
  return eventWord === null ? (eventClaim ?? '') : `${eventWord} (${eventClaim ?? ''} in the words of the contract)`;
}

/** A command line that asks the same again. A kernel file of the user's is there by its own flag, and in the way of any other kernel. */
export function rerunCommand(
  { rerun }: Pick<Finding, 'rerun'>,
  on: readonly KernelReport[],
  { options }: RunReport,
): string {
  const named = on.filter(({ source }) => source !== 'file').map(({ id }) => id);
  const isOwn = named.length < on.length;
  const given = options.given.filter((flag) => isOwn || !flag.startsWith('--kernel-image '));
  const kernels = named.length === 0 ? [] : ['--kernel', named.join(',')];
  return [invocation, ...[...kernels, ...withoutKernel(rerun)].map(shellWord), ...given].join(' ');
}

/** A finding is about one kernel. */
function withoutKernel(rerun: Finding['rerun']): readonly string[] {
  return rerun[0] === '--kernel' ? rerun.slice(2) : rerun;
}
