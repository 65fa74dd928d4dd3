import { type CheckClass, checkClasses, type Setting } from '../model/check.js';
import type { ReadyKernel } from '../model/kernel.js';
import type { ScenarioEvidence } from '../model/scenario-evidence.js';
import type { Agent } from '../model/subject.js';
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
  /** Planted while the subject enforces; only the selftest has one. */
  readonly plant: ((guest: Guest) => Promise<void>) | undefined;
}

const fallbackClasses: readonly CheckClass[] = ['posture', 'signal'];

/** The machines that are needed: with the BPF LSM, with a subject that is told otherwise, really without. */
export function settingsOf(classes: ReadonlySet<CheckClass>, lsm: readonly string[]): readonly Setting[] {
  const wanted = (names: readonly CheckClass[]): boolean => names.some((name) => classes.has(name));
  const withLsm: Setting[] = wanted(checkClasses) ? ['lsm'] : [];
  const without: Setting[] = wanted(fallbackClasses) ? ['seam', 'no-lsm'] : [];
  // Whoever leaves bpf out of --lsm asks about machines without it.
  return lsm.includes('bpf') ? [...withLsm, ...without] : without.filter((setting) => setting === 'no-lsm');
}

export interface ScenarioRun {
  readonly kernel: ReadyKernel;
  readonly setting: Setting;
  readonly plan: ScenarioPlan;
  readonly accelFor: AccelProvider;
  readonly context: SessionContext;
}

/** One fresh VM in which everything about one setting is proved. */
export async function runScenarios(options: ScenarioRun): Promise<ScenarioSession> {
  const { kernel, setting, plan, accelFor, context } = options;
  const { id } = kernel.identity;
  const evidence: ScenarioEvidence[] = [];
  const lsm = setting === 'no-lsm' ? context.lsm.filter((name) => name !== 'bpf') : context.lsm;
  const life = await onMachine({ kernel, accelFor, context, lsm, name: setting }, ({ guest, machine }) =>
    machine.guard(
      prove({
        guest,
        ...plan,
        setting,
        record: (one) => {
          evidence.push(one);
          context.emit({ type: 'checks-judged', kernel: id, setting, checks: judgeScenarios([one]) });
        },
        tell: (phase) => {
          context.emit({ type: 'kernel-phase', kernel: id, phase: 'scenarios', detail: `${setting}: ${phase}` });
        },
      }),
    ),
  );
  return { ...life, setting, evidence };
}
