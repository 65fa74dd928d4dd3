// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { Contract } from '../contracts/contract.js';
import { contractNamed, machineLabel } from '../contracts/registry.js';
import { speaking } from '../contracts/speaking.js';
import type { CheckClass, Environment } from '../model/check.js';
import type { ReadyKernel } from '../model/kernel.js';
import { kernelTarget } from '../model/kernel-name.js';
import type { ScenarioEvidence } from '../model/scenario-evidence.js';
import type { Agent } from '../model/agent.js';
import type { Guest } from '../guest/client.js';
import type { ScenarioSession, SessionFault } from '../results/session.js';
import { everyScenario, type ScenarioFilter } from '../plan/scenario-filter.js';
import { classParts } from '../scenarios/class-parts.js';
import { type Share, plannedShares, wantedIn } from '../scenarios/shares.js';
import { Acquaintance } from '../scenarios/acquaintance.js';
import { endedEarly } from '../model/scenario-evidence.js';
import { guestCannotWork } from '../scenarios/guest-session.js';
import { proveSession } from '../scenarios/prove.js';
import { judgeScenarios } from '../verdict/judge-scenarios.js';
import { acquaintedMachines } from './acquainted.js';
import type { AccelProvider, SessionContext } from './context.js';
import { contractOn } from './direct-calls.js';
import { loaderFile } from './guest-host.js';
import { joinShares, type ShareResult } from './join-shares.js';
import { writeStart } from './logs.js';
import { type Disturbance, type SessionPlan, withMachine } from './machine-session.js';
import type { Slot, Work } from './pool.js';
import type { FilesLeft } from './reuse/kept.js';
import { reusedShare, type ShareAnswer } from './reuse/share.js';
import { unpausedSession } from './unpaused.js';

/** What the scenarios of a run are about. */
export interface ScenarioPlan {
  readonly agent: Agent;
  readonly classes: ReadonlySet<CheckClass>;
  readonly scenarios: ScenarioFilter;
  /** True once nothing more is to be begun. */
  readonly halted: () => boolean;
  /** Planted while the agent enforces; only the selftest has one. */
  readonly plant: ((guest: Guest) => Promise<void>) | undefined;
}

/** The machines of a contract that are needed for these classes, and that --lsm allows. */
export function environmentsOf(
  contract: Contract,
  classes: ReadonlySet<CheckClass>,
  lsm: readonly string[],
): readonly Environment[] {
  const wanted = contract.environments
    .filter((one) => one.classes.some((name) => classes.has(name)))
    .map(({ environment }) => environment);
  // Whoever leaves bpf out of --lsm asks about machines without it.
  return lsm.includes('bpf') ? wanted : wanted.filter((environment) => environment === 'no-lsm');
}

/** Those of them on which a scenario that is wanted is run. */
export function plannedEnvironments(
  wishes: Pick<ScenarioPlan, 'agent' | 'classes' | 'scenarios'>,
  lsm: readonly string[],
): readonly Environment[] {
  const contract = contractNamed(wishes.agent.contract);
  const all = environmentsOf(contract, wishes.classes, lsm);
  if (wishes.scenarios === everyScenario) return all;
  return all.filter((environment) => plannedShares({ contract, environment, agent: wishes.agent }, wishes).length > 0);
}

export interface ScenarioRun {
  readonly kernel: ReadyKernel;
  readonly environment: Environment;
  readonly plan: ScenarioPlan;
  readonly accelFor: AccelProvider;
  readonly context: SessionContext;
}

/** Everything about one environment, on as many fresh machines as that takes; each takes a slot. */
export async function runScenarios(run: ScenarioRun, slot: Slot): Promise<ScenarioSession> {
  const { environment, plan } = run;
  const spoken = speaking(contractNamed(plan.agent.contract), plan.agent.dialect);
  const contract = await contractOn(run.kernel, spoken);
  const about = { contract: contract.name, environment };
  if (plan.halted()) return { ...about, ...notBegun(contract, run) };
  const [lead, ...others] = plannedShares({ contract, environment, agent: plan.agent }, plan);
  if (lead === undefined) return { ...about, ...notBegun(contract, run) };
  const machine = machineLabel({ contract: contract.name, environment });
  const sessions = [lead, ...others].map((_, index) => sessionName(machine, index + 1));
  run.context.emit({ type: 'sessions-planned', kernel: run.kernel.identity.id, sessions });
  const on = (share: Share, work: Work, number: number, begin: ShareRun['begin']): Promise<ShareResult> =>
    slot(work, () => runShare({ ...run, contract, begin }, share, number));
  const shares = await acquaintedMachines(
    (first) => on(lead, environment, 1, () => first.begin()),
    others.map((share, index) => (known) => on(share, 'share', index + 2, () => new Acquaintance(undefined, known))),
  );
  return { ...about, ...joinShares(shares) };
}

/** Of the machines of an environment the first has its name. */
const sessionName = (machine: string, number: number): string => (number === 1 ? machine : `${machine}.${number}`);

interface ShareRun extends ScenarioRun {
  readonly contract: Contract;
  /** What a session knows when it begins: what one that is void found out is void, too. */
  readonly begin: () => Acquaintance;
}

/** One fresh machine; `number` distinguishes it from the others of its environment. */
async function runShare(run: ShareRun, share: Share, number: number): Promise<ShareResult> {
  const { kernel, environment, accelFor, context, contract } = run;
  const lsm = environment === 'no-lsm' ? context.lsm.filter((name) => name !== 'bpf') : context.lsm;
  const label = machineLabel({ contract: contract.name, environment });
  const session = { kernel, accelFor, context, lsm, name: sessionName(label, number) };
  // What is planted into a guest is not part of any question.
  if (run.plan.plant !== undefined) return (await askAnew(run, share, session, () => undefined)).result;
  const question = { ...run.plan, contract, environment, share, known: run.begin() };
  return reusedShare(session, question, (asked, judged, left) =>
    askAnew(run, asked, { ...session, context: judged }, left),
  );
}

/** By a machine of its own. `left` takes the files that it leaves in the report folder. */
async function askAnew(run: ShareRun, share: Share, session: SessionPlan, left: FilesLeft): Promise<ShareAnswer> {
  let known = run.begin();
  const ask = (): ReturnType<typeof askShare> => {
    known = run.begin();
    return askShare({ ...run, known, left }, share, session);
  };
  const withFault = (result: ShareResult, fault: SessionFault): ShareResult => ({ ...result, evidence: [], fault });
  const result = await unpausedSession(session, ask, withFault);
  if (result.fault !== null || result.evidence.some(isGuestDenied)) known.ends();
  if (result.console !== null) left(result.console);
  return { result, hasComeUp: known.hasComeUp, parts: classParts(share) };
}

async function askShare(
  { environment, plan, contract, known, left }: ShareRun & { readonly known: Acquaintance; readonly left: FilesLeft },
  share: Share,
  session: SessionPlan,
): Promise<readonly [ShareResult, Disturbance]> {
  const { kernel, context } = session;
  const { id } = kernel.identity;
  const label = machineLabel({ contract: contract.name, environment });
  const evidence: ScenarioEvidence[] = [];
  const record = (one: ScenarioEvidence): void => {
    evidence.push(one);
    const checks = judgeScenarios([one], contract);
    context.emit({ type: 'checks-judged', kernel: id, contract: contract.name, environment, checks });
  };
  const { disturbance, ...life } = await withMachine(session, ({ guest, machine }) =>
    machine.guard(
      proveSession({
        guest,
        target: kernelTarget(id),
        probe: join(context.built, 'probe'),
        loader: loaderFile(kernelTarget(id), context.built),
        ...plan,
        contract,
        environment,
        share,
        known,
        record,
        stopsLast: context.snapshots === null,
        keep: async (start) => {
          left(...(await writeStart(context.out, { kernel: id, machine: label, ...start })));
        },
        onPhase: (phase) => {
          context.emit({ type: 'kernel-phase', kernel: id, phase: 'scenarios', detail: `${label}: ${phase}` });
        },
      }),
    ),
  );
  const { fault } = life;
  if (fault?.cause !== 'GUEST_DENIED') return [{ ...life, evidence }, disturbance];
  // No fault of the machine: what the agent has attached denies it everything.
  record(guestDenied(environment, fault.message));
  return [{ ...life, fault: null, evidence }, disturbance];
}

const isGuestDenied = (one: ScenarioEvidence): boolean => one.kind === 'claim' && one.check === guestCannotWork.check;

function guestDenied(environment: Environment, detail: string): ScenarioEvidence {
  return {
    kind: 'claim',
    class: 'posture',
    environment,
    scenario: 'the agent',
    ...guestCannotWork,
    expected: 'PID 1 may read and write its own port',
    actual: 'it may not, and has ended itself with the status that says so',
    details: [detail],
  };
}

/** A machine that was not started any more. */
function notBegun(contract: Contract, { environment, plan }: ScenarioRun): ShareResult {
  const { classes } = wantedIn({ contract, environment }, plan);
  const evidence = [...classes].map((name): ScenarioEvidence => ({
    kind: 'not-run',
    class: name,
    environment,
    scenario: 'all',
    detail: endedEarly,
  }));
  return { evidence, boot: null, fault: null, console: null, ms: 0 };
}
