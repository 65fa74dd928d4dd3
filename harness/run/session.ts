// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { isOneOf } from '../config/glob.js';
import type { ObjectFile } from '../config/objects.js';
import { readGuestFacts } from '../guest/facts.js';
import type { FileHash } from '../guest/files.js';
import type { KernelPhase } from '../model/events.js';
import type { ObjectEvidence } from '../model/evidence.js';
import type { GuestFacts } from '../model/facts.js';
import type { ReadyKernel } from '../model/kernel.js';
import { programsToCount } from '../plan/costs.js';
import { libbpfLogPath, verifierLogPath } from '../results/paths.js';
import type { SessionResult } from '../results/session.js';
import { loadObject, loadObjectCosts, evidenceOfNoObject } from '../scenarios/load.js';
import { provideKernelConfig } from '../scenarios/kernel-config.js';
import { expectedOn, expectingKernel } from '../verdict/expectations.js';
import { judgeObject } from '../verdict/judge-object.js';
import { btfHash } from './btf-memo.js';
import type { AccelProvider, SessionContext } from './context.js';
import type { LaunchPlan, LiveGuest } from './launch.js';
import { type MachineHost, type SessionPlan, withMachine } from './machine-session.js';
import { unpausedSession } from './unpaused.js';

/** One fresh VM: boots the kernel, asks for facts, loads every object. `host` is who provides the machine. */
export async function runSession(
  kernel: ReadyKernel,
  accelFor: AccelProvider,
  context: SessionContext,
  host: MachineHost = withMachine,
): Promise<SessionResult> {
  const plan = loadPlan(kernel, accelFor, context);
  return unpausedSession<SessionResult>(
    plan,
    async () => {
      const session = new LoadSession(kernel, context);
      const { disturbance, ...life } = await host(plan, (live) => session.ask(live));
      const { facts, objects } = session;
      return [{ identity: kernel.identity, ...life, facts, asked: context.objects.length, objects }, disturbance];
    },
    (session, fault): SessionResult => ({ ...session, objects: [], fault }),
  );
}

/** Name of the machine of a kernel whose objects another shard loads: it is asked for facts alone, and no verdict rests on it. */
export const factsMachine = 'facts';

export function runFactsSession(
  kernel: ReadyKernel,
  accelFor: AccelProvider,
  context: SessionContext,
): Promise<SessionResult> {
  const host: MachineHost = (plan, ask) => withMachine({ ...plan, name: factsMachine }, ask);
  return runSession(kernel, accelFor, { ...context, objects: [] }, host);
}

/** The machine on which objects are loaded, the first of its kernel. */
export function loadPlan(kernel: ReadyKernel, accelFor: AccelProvider, context: SessionContext): SessionPlan {
  return { kernel, accelFor, context, lsm: context.lsm, name: '' };
}

/** What has been learned so far; a session that breaks keeps it. */
class LoadSession {
  readonly #kernel: ReadyKernel;
  readonly #context: SessionContext;
  readonly objects: ObjectEvidence[] = [];
  facts: GuestFacts | null = null;

  constructor(kernel: ReadyKernel, context: SessionContext) {
    this.#kernel = kernel;
    this.#context = context;
  }

  async ask({ guest, machine, plan }: LiveGuest): Promise<void> {
    this.#phase('facts', '');
    const config = await configText(this.#kernel);
    const { imageSha256 } = this.#kernel.identity;
    const btfOf = (ask: () => Promise<FileHash | null>) => btfHash(imageSha256, this.#context.cache, ask);
    this.facts = await machine.guard(readGuestFacts(guest, config, btfOf));
    if (config !== null) await machine.guard(provideKernelConfig(guest, config));
    const { objects, programs, memoOf, snapshots, costs } = this.#context;
    const asked = isOneOf(programs);
    for (const [index, object] of objects.entries()) {
      const { identity, fault } = object;
      this.#phase('load', identity.name);
      // A cold proof waits until all is detached, too: what breaks there is seen. So does one that asks for more.
      const last = index === objects.length - 1 && snapshots !== null && costs.kind !== 'all';
      const memo = memoOf?.(plan.kernel.identity.id, identity.name);
      const options = { ...this.#target(object, plan), last, memo, asked };
      const evidence =
        fault === null ? await machine.guard(loadObject(guest, options)) : evidenceOfNoObject(identity.name, fault);
      this.objects.push(evidence);
      this.#report(evidence, this.facts);
    }
    await this.#count({ guest, machine, plan });
  }

  /** What the verifier spends, line by line, once it is known which programs that is asked of. */
  async #count({ guest, machine, plan }: Pick<LiveGuest, 'guest' | 'machine' | 'plan'>): Promise<void> {
    const { objects, costs } = this.#context;
    const wanted = programsToCount(costs, plan.kernel.identity.id, this.objects);
    for (const [index, object] of objects.entries()) {
      const [evidence, programs = []] = [this.objects[index], wanted[index]];
      if (evidence === undefined || programs.length === 0) continue;
      this.#phase('costs', object.identity.name);
      const leftOut = evidence.declared.programs.map(({ name }) => name).filter((name) => !programs.includes(name));
      const { timeout, ...target } = this.#target(object, plan);
      // Half of what the machine has: the verdicts are there, and are not to be lost with it.
      const asked = loadObjectCosts(guest, { ...target, timeout: timeout / 2 }, evidence, { programs, leftOut });
      const found = await machine.guard(asked);
      this.objects[index] = { ...evidence, costs: found };
    }
  }

  #target({ identity, bytes, needs, targets = [] }: ObjectFile, { deadlines }: LaunchPlan) {
    const { withoutCapabilities } = this.#context;
    const given = needs === undefined ? {} : { needs };
    return { name: identity.name, bytes, timeout: deadlines.load, withoutCapabilities, ...given, targets };
  }

  /** A first look for people who watch; the verdict that counts is passed on the whole session. */
  #report(evidence: ObjectEvidence, facts: GuestFacts): void {
    const { emit, objects } = this.#context;
    const { id } = this.#kernel.identity;
    const logPath = (program: string): string => verifierLogPath(id, evidence.object, program, objects.length);
    const libbpfPath = libbpfLogPath(id, evidence.object, objects.length);
    const { expectations } = this.#context;
    const expected = expectedOn(expectingKernel(id, facts), evidence.object, expectations.entries);
    for (const program of judgeObject(evidence, { facts, logPath, libbpfPath, expected }).programs) {
      emit({ type: 'program-judged', kernel: id, object: evidence.object, program });
    }
  }

  #phase(phase: KernelPhase, detail: string): void {
    this.#context.emit({ type: 'kernel-phase', kernel: this.#kernel.identity.id, phase, detail });
  }
}

async function configText(kernel: ReadyKernel): Promise<string | null> {
  return kernel.files.config === null ? null : readFile(kernel.files.config, 'utf8');
}
