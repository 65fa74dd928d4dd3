import { type CheckClass, checkClasses, type Environment } from '../model/check.js';
import type { ReadyKernel } from '../model/kernel.js';
import type { ScenarioEvidence } from '../model/scenario-evidence.js';
import type { Agent } from '../model/agent.js';
import type { Guest } from '../guest/client.js';
import type { ScenarioSession } from '../results/session.js';
import { prove } from '../scenarios/prove.js';
import { judgeScenarios } from '../verdict/judge-scenarios.js';
import type { AccelProvider, SessionContext } from './context.js';
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

const fallbackClasses: readonly CheckClass[] = ['posture', 'signal'];

/** The machines that are needed: with the BPF LSM, with an agent that is told otherwise, really without. */
export function environmentsOf(classes: ReadonlySet<CheckClass>, lsm: readonly string[]): readonly Environment[] {
  const wanted = (names: readonly CheckClass[]): boolean => names.some((name) => classes.has(name));
  const withLsm: Environment[] = wanted(checkClasses) ? ['lsm'] : [];
  const without: Environment[] = wanted(fallbackClasses) ? ['lsm-override', 'no-lsm'] : [];
  // Whoever leaves bpf out of --lsm asks about machines without it.
  return lsm.includes('bpf') ? [...withLsm, ...without] : without.filter((environment) => environment === 'no-lsm');
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
  const evidence: ScenarioEvidence[] = [];
  const lsm = environment === 'no-lsm' ? context.lsm.filter((name) => name !== 'bpf') : context.lsm;
  const life = await onMachine({ kernel, accelFor, context, lsm, name: environment }, ({ guest, machine }) =>
    machine.guard(
      prove({
        guest,
        ...plan,
        environment,
        record: (one) => {
          evidence.push(one);
          context.emit({ type: 'checks-judged', kernel: id, environment, checks: judgeScenarios([one]) });
        },
        tell: (phase) => {
          context.emit({ type: 'kernel-phase', kernel: id, phase: 'scenarios', detail: `${environment}: ${phase}` });
        },
      }),
    ),
  );
  return { ...life, environment, evidence };
}
