// SPDX-License-Identifier: Apache-2.0
import type { Contract } from '../contracts/contract.js';
import { contractNamed, machineLabel } from '../contracts/registry.js';
import { speaking } from '../contracts/speaking.js';
import type { CheckClass, Environment } from '../model/check.js';
import type { ReadyKernel } from '../model/kernel.js';
import type { ScenarioEvidence } from '../model/scenario-evidence.js';
import type { Agent } from '../model/agent.js';
import type { Guest } from '../guest/client.js';
import type { ScenarioSession } from '../results/session.js';
import { everyScenario, type ScenarioFilter } from '../plan/scenario-filter.js';
import { pickProofs } from '../scenarios/pick.js';
import { endedEarly } from '../model/scenario-evidence.js';
import { proveSession } from '../scenarios/prove.js';
import { judgeScenarios } from '../verdict/judge-scenarios.js';
import type { AccelProvider, SessionContext } from './context.js';
import { writeStart } from './logs.js';
import { type SessionPlan, withMachine } from './machine-session.js';
import { unpausedSession } from './unpaused.js';

/** What the scenarios of a run are about. */
export interface ScenarioPlan {
  readonly agent: Agent;
  readonly classes: ReadonlySet<CheckClass>;
  readonly scenarios: ScenarioFilter;
  /** True once nothing more is to be begun. */
  readonly halted: () => boolean;
  /** Folder with the probe's programs on the host. */
  readonly probe: string;
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
  { agent, classes, scenarios }: Pick<ScenarioPlan, 'agent' | 'classes' | 'scenarios'>,
  lsm: readonly string[],
): readonly Environment[] {
  const contract = contractNamed(agent.contract);
  const all = environmentsOf(contract, classes, lsm);
  if (scenarios === everyScenario) return all;
  return all.filter((environment) => {
    const own = contract.environments.find((one) => one.environment === environment)?.classes ?? [];
    const wanted = { classes: new Set(own.filter((name) => classes.has(name))), scenarios };
    return pickProofs(contract.proofs(environment, agent), wanted).length > 0;
  });
}

export interface ScenarioRun {
  readonly kernel: ReadyKernel;
  readonly environment: Environment;
  readonly plan: ScenarioPlan;
  readonly accelFor: AccelProvider;
  readonly context: SessionContext;
}

/** One fresh VM in which everything about one environment is proved. */
export async function runScenarios(options: ScenarioRun): Promise<ScenarioSession> {
  const { kernel, environment, plan, accelFor, context } = options;
  const contract = speaking(contractNamed(plan.agent.contract), plan.agent.dialect);
  if (plan.halted()) return notBegun(contract, options);
  const lsm = environment === 'no-lsm' ? context.lsm.filter((name) => name !== 'bpf') : context.lsm;
  const name = machineLabel({ contract: contract.name, environment });
  return unpausedSession(
    { kernel, context, name },
    () => askScenarios(options, contract, { kernel, accelFor, context, lsm, name }),
    (session, fault): ScenarioSession => ({ ...session, evidence: [], fault }),
  );
}

async function askScenarios(
  { environment, plan }: ScenarioRun,
  contract: Contract,
  session: SessionPlan,
): Promise<readonly [ScenarioSession, number]> {
  const { kernel, context, name } = session;
  const { id } = kernel.identity;
  const evidence: ScenarioEvidence[] = [];
  const record = (one: ScenarioEvidence): void => {
    evidence.push(one);
    const checks = judgeScenarios([one], contract);
    context.emit({ type: 'checks-judged', kernel: id, contract: contract.name, environment, checks });
  };
  const { stoodStill, ...life } = await withMachine(session, ({ guest, machine }) =>
    machine.guard(
      proveSession({
        guest,
        ...plan,
        contract,
        environment,
        record,
        keep: (start) => writeStart(context.out, { kernel: id, machine: name, ...start }),
        onPhase: (phase) => {
          context.emit({ type: 'kernel-phase', kernel: id, phase: 'scenarios', detail: `${name}: ${phase}` });
        },
      }),
    ),
  );
  const { fault } = life;
  const result = { ...life, contract: contract.name, environment, evidence };
  if (fault?.cause !== 'GUEST_DENIED') return [result, stoodStill];
  // No fault of the machine: what the agent has attached denies it everything.
  record(guestDenied(environment, fault.message));
  return [{ ...result, fault: null }, stoodStill];
}

function guestDenied(environment: Environment, detail: string): ScenarioEvidence {
  return {
    kind: 'claim',
    class: 'posture',
    environment,
    scenario: 'the agent',
    check: 'the guest itself can work',
    blames: 'FALSE_BLOCK',
    holds: false,
    expected: 'PID 1 may read and write its own port',
    actual: 'it may not, and has ended itself with the status that says so',
    details: [detail],
  };
}

/** A machine that was not started any more. */
function notBegun({ name: contract, environments }: Contract, { environment, plan }: ScenarioRun): ScenarioSession {
  const own = environments.find((one) => one.environment === environment)?.classes ?? [];
  const evidence = own
    .filter((name) => plan.classes.has(name))
    .map((name): ScenarioEvidence => ({
      kind: 'not-run',
      class: name,
      environment,
      scenario: 'all',
      detail: endedEarly,
    }));
  return { contract, environment, evidence, boot: null, fault: null, console: null, ms: 0 };
}
