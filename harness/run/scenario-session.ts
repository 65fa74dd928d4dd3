// SPDX-License-Identifier: Apache-2.0
import type { Contract } from '../contracts/contract.js';
import { contractNamed } from '../contracts/registry.js';
import type { CheckClass, Environment } from '../model/check.js';
import type { ReadyKernel } from '../model/kernel.js';
import type { ScenarioEvidence } from '../model/scenario-evidence.js';
import type { Agent } from '../model/agent.js';
import type { Guest } from '../guest/client.js';
import type { ScenarioSession } from '../results/session.js';
import { prove } from '../scenarios/prove.js';
import { judgeScenarios } from '../verdict/judge-scenarios.js';
import type { AccelProvider, SessionContext } from './context.js';
import { writeStart } from './logs.js';
import { onMachine } from './machine-session.js';

/** What the scenarios of a run are about. */
export interface ScenarioPlan {
  readonly agent: Agent;
  readonly classes: ReadonlySet<CheckClass>;
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
  const { id } = kernel.identity;
  const contract = contractNamed(plan.agent.contract);
  const evidence: ScenarioEvidence[] = [];
  const lsm = environment === 'no-lsm' ? context.lsm.filter((name) => name !== 'bpf') : context.lsm;
  const life = await onMachine({ kernel, accelFor, context, lsm, name: environment }, ({ guest, machine }) =>
    machine.guard(
      prove({
        guest,
        ...plan,
        contract,
        environment,
        record: (one) => {
          evidence.push(one);
          context.emit({ type: 'checks-judged', kernel: id, environment, checks: judgeScenarios([one], contract) });
        },
        keep: (start) => writeStart(context.out, { kernel: id, environment, ...start }),
        onPhase: (phase) => {
          context.emit({ type: 'kernel-phase', kernel: id, phase: 'scenarios', detail: `${environment}: ${phase}` });
        },
      }),
    ),
  );
  return { ...life, contract: contract.name, environment, evidence };
}
