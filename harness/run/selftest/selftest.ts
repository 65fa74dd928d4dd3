// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import { programsInElf } from '../../config/elf-symbols.js';
import { readObjects } from '../../config/objects.js';
import { getFile, putFile } from '../../guest/files.js';
import type { Guest } from '../../guest/client.js';
import { loadModule } from '../../guest/modules.js';
import { checkClasses, type ScenarioReport } from '../../model/check.js';
import type { Finding } from '../../model/finding.js';
import type { ReadyKernel } from '../../model/kernel.js';
import type { KernelReport } from '../../model/report.js';
import type { Agent } from '../../model/agent.js';
import { kernelTarget } from '../../model/kernel-name.js';
import type { Target } from '../../target.js';
import type { FailureCode, InfraCause } from '../../model/verdict.js';
import type { SelftestRow } from '../../report/pages/selftest.js';
import { everyScenario } from '../../plan/scenario-filter.js';
import type { LoadedObject } from '../../verdict/finding-loads.js';
import { findingsOf } from '../../verdict/findings.js';
import { judgeKernel } from '../../verdict/judge-kernel.js';
import { provedMachines, scenarioVerdict } from '../../verdict/judge-session.js';
import type { AccelProvider, SessionContext } from '../context.js';
import { runScenarios, type ScenarioPlan } from '../scenario-session.js';
import { runSession } from '../session.js';
import type { Fault } from './faults.js';
import { notOneFinding } from './one-finding.js';
import { warningModule } from './warn-module.js';

type Code = FailureCode | InfraCause;

/** What became of one planted fault on one kernel. */
export interface FaultResult extends SelftestRow {
  readonly expected: readonly Code[];
  readonly raised: readonly Code[];
  readonly missed: readonly Code[];
  readonly surplus: readonly Code[];
}

export interface SelftestOptions {
  readonly kernel: ReadyKernel;
  readonly faults: readonly Fault[];
  /** Our own agent of each contract, whole and sound. */
  readonly agents: readonly Agent[];
  readonly jobs: number;
  readonly accelFor: AccelProvider;
  readonly context: SessionContext;
  readonly onResult: (result: FaultResult) => void;
}

/** Plants every fault on a kernel and reports what the harness made of it. */
export async function runSelftest(options: SelftestOptions): Promise<readonly FaultResult[]> {
  const slot = pLimit(options.jobs);
  const work = options.faults.map(async (fault) => {
    const result = await tryFault(options, fault, slot);
    options.onResult(result);
    return result;
  });
  await Promise.allSettled(work);
  return Promise.all(work);
}

type Slot = <T>(work: () => Promise<T>) => Promise<T>;

interface Raised {
  readonly code: Code;
  readonly finding: string;
}

/** Everything that was raised, and the root causes that it was put down to. */
interface Outcome {
  readonly raised: readonly Raised[];
  readonly causes: readonly Finding[];
}

async function tryFault(options: SelftestOptions, fault: Fault, slot: Slot): Promise<FaultResult> {
  const { kernel } = options;
  let ms = 0;
  const timed: Slot = (work) =>
    slot(async () => {
      const started = performance.now();
      try {
        return await work();
      } finally {
        ms += performance.now() - started;
      }
    });
  const found =
    fault.target.kind === 'load' ? await timed(() => tryLoad(options, fault)) : await tryAgent(options, fault, timed);
  const expected = fault.caught(kernel.identity.id);
  const raised = [...new Set(found.raised.map(({ code }) => code))];
  return {
    kernel: kernel.identity.id,
    fault: fault.name,
    what: fault.what,
    expected,
    raised,
    missed: expected.filter((code) => !raised.includes(code)),
    surplus: raised.filter((code) => !expected.includes(code) && !fault.follows.includes(code)),
    findings: found.raised.map(({ finding }) => finding),
    causes: found.causes.map(({ code, title, hook, program }) => ({ code, title, hook, program })),
    split: notOneFinding(fault, { expected, raised, causes: found.causes }),
    ms: Math.round(ms),
  };
}

async function tryLoad({ kernel, accelFor, context }: SelftestOptions, fault: Fault): Promise<Outcome> {
  const objects = await readObjects([builtFault(context, `${fault.name}.bpf.o`)]);
  const session = await runSession(kernel, accelFor, { ...context, objects });
  const report = judgeKernel({ kind: 'session', session, scenarios: [] }, []);
  return { raised: raisedByLoad(report), causes: report.status === 'unavailable' ? [] : report.findings };
}

function raisedByLoad(report: KernelReport): readonly Raised[] {
  if (report.status === 'unavailable') throw new Error('selftest: a kernel that was there is gone');
  if (report.status === 'broken') return [{ code: report.cause, finding: report.detail }];
  const programs = report.objects.flatMap((object) => object.programs);
  if (programs.length === 0) return [{ code: 'NOTHING_TESTED', finding: 'no program was loaded' }];
  return programs.flatMap(({ name, verdict }) => {
    if (verdict.kind !== 'fail') return [];
    return [{ code: verdict.code, finding: `${name}: ${verdict.code}` }];
  });
}

async function tryAgent(options: SelftestOptions, fault: Fault, slot: Slot): Promise<Outcome> {
  const { kernel, accelFor, context } = options;
  const plan: ScenarioPlan = {
    agent: await faultyAgent(soundAgent(options, fault), fault, context),
    classes: new Set(fault.classes === 'all' ? checkClasses : fault.classes),
    scenarios: everyScenario,
    halted: () => false,
    plant: fault.target.kind === 'warn' ? plantWarning(kernelTarget(kernel.identity.id)) : undefined,
  };
  const sessions = await Promise.all(
    fault.environments.map((environment) =>
      runScenarios({ kernel, environment, plan, accelFor, context }, (_, work) => slot(work)),
    ),
  );
  const machines = provedMachines(sessions, kernelTarget(kernel.identity.id));
  const reports = machines.map(({ report }) => report);
  const causes = findingsOf(kernel.identity.id, machines, [loadedObject(plan.agent)]);
  const raised = reports.flatMap(raisedBy);
  const verdict = scenarioVerdict(reports);
  if (raised.length > 0 || verdict?.kind !== 'fail') return { raised, causes };
  const finding = 'no check failed, and not all of them proved something';
  return { raised: [{ code: verdict.code, finding }], causes };
}

function raisedBy({ environment, checks, fault: broken }: ScenarioReport): readonly Raised[] {
  const failed = checks.flatMap(({ class: name, scenario, check, outcome }): readonly Raised[] => {
    if (outcome.kind !== 'fail') return [];
    const { code, expected, actual } = outcome;
    const finding = `${environment}: ${name}: ${scenario}: ${check}: ${code}: expected ${expected}, ${actual}`;
    return [{ code, finding }];
  });
  return broken === null ? failed : [...failed, { code: broken.cause, finding: `${environment}: ${broken.message}` }];
}

function soundAgent({ agents }: SelftestOptions, { name, contract }: Fault): Agent {
  const found = agents.find((agent) => agent.contract === contract);
  if (found === undefined) throw new Error(`selftest: ${name} wants an agent of the contract ${contract}`);
  return found;
}

/** The programs that the agent has, by its object. */
function loadedObject({ uploads, paths, object }: Agent): LoadedObject {
  const bytes = uploads.find(({ path }) => path === paths.object)?.bytes;
  return { object: object.file, programs: bytes === undefined ? [] : programsInElf(bytes) };
}

/** Our own agent with one of its files replaced. */
async function faultyAgent(agent: Agent, { name, target }: Fault, context: SessionContext): Promise<Agent> {
  if (target.kind !== 'agent' && target.kind !== 'object') return agent;
  const [path, file] =
    target.kind === 'agent' ? [agent.paths.binary, `agent-${name}`] : [agent.paths.object, `${name}.bpf.o`];
  const bytes = await readFile(builtFault(context, file));
  return { ...agent, uploads: agent.uploads.map((upload) => (upload.path === path ? { ...upload, bytes } : upload)) };
}

function builtFault({ built }: SessionContext, file: string): string {
  return join(built, 'selftest', file);
}

const plantWarning =
  ({ warning }: Target) =>
  async (guest: Guest): Promise<void> => {
    const overlay = await getFile(guest, '/modules/extra/overlay.ko');
    await putFile(guest, '/probe/warning.ko', warningModule(warning, overlay, 'overlay', 'warning'));
    await loadModule(guest, '/probe/warning.ko');
  };
