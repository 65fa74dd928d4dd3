// SPDX-License-Identifier: Apache-2.0
import type { Contract, PolicyRules } from '../contracts/contract.js';
import type { StartRequest } from '../contracts/proof.js';
import type { Guest } from '../guest/client.js';
import type { CheckClass, Environment } from '../model/check.js';
import {
  type ClaimEvidence,
  endedEarly,
  type KernelLogEvidence,
  type LifeEvidence,
  type NotRunEvidence,
  type ScenarioEvidence,
} from '../model/scenario-evidence.js';
import type { Agent, Override, RuleKind } from '../model/agent.js';
import type { Target } from '../target.js';
import type { ScenarioFilter } from '../plan/scenario-filter.js';
import { ProbeTampered, vouch } from '../guest/sealed.js';
import type { NeighbourServer } from './neighbour-server.js';
import type { Acquaintance } from './acquaintance.js';
import { oracleKernelLog } from './oracle.js';
import { AgentRunner } from './agent-runner.js';
import { type KeptStart, keptFiles } from './kept-start.js';
import { lastReported } from './last-attempt.js';
import { hasReportedAll, isSameStart, type LeftRunning, lifeUntil } from './left-running.js';
import type { ScenarioAttempt } from './phases.js';
import { rowSecret } from './posture.js';
import { comesUpAtAll } from './comes-up.js';
import type { Started } from './started.js';

/** What to prove on one machine. */
export interface GuestSessionOptions {
  readonly guest: Guest;
  /** Its architecture. */
  readonly target: Target;
  readonly agent: Agent;
  /** The one that the agent keeps. */
  readonly contract: Contract;
  readonly environment: Environment;
  readonly classes: ReadonlySet<CheckClass>;
  /** Of these classes. */
  readonly scenarios: ScenarioFilter;
  /** True once nothing more is to be begun: the run ends at its first failure, and there was one. */
  readonly halted: () => boolean;
  /** Takes each piece of evidence as it comes: a machine that breaks keeps what it has proved. */
  readonly record: (evidence: ScenarioEvidence) => void;
  /** Takes each start of the agent: once it has come up, and again, with all it wrote, when its phase is over. */
  readonly keep: (start: KeptStart) => Promise<void>;
  /** `enforce`, `posture: fallback off`: for people who watch. */
  readonly onPhase: (phase: string) => void;
  /** Of the agent, shared with the other machines of this environment. */
  readonly known: Acquaintance;
  /** Is the last agent of this machine stopped, before the guest is thrown away. */
  readonly stopsLast: boolean;
  /** The selftest's fault that has to be planted while the agent enforces. */
  readonly plant: ((guest: Guest) => Promise<void>) | undefined;
}

/** What an agent has attached keeps the guest from its own work. */
export const guestCannotWork = { check: 'the guest itself can work', blames: 'FALSE_BLOCK', holds: false } as const;

/** A claim without the place it belongs to. */
export type ClaimParts = Omit<ClaimEvidence, 'kind' | 'class' | 'environment' | 'scenario'>;

/** Enough of them for a person, where there may be thousands. */
function firstOf(bad: readonly string[]): readonly string[] {
  const shown = 100;
  return bad.length <= shown ? bad : [...bad.slice(0, shown), `and ${bad.length - shown} more`];
}

/** A start with what it is kept under. */
interface OpenStart {
  readonly started: Started;
  readonly request: StartRequest;
  readonly phase: string;
  readonly number: number;
  /** The phase that started it, where that is another. */
  readonly since: string | null;
}

/** Why something was not asked, and the phase whose failure is the reason. */
type NotRunReason = Pick<NotRunEvidence, 'detail' | 'phase'>;

/** One machine with its agent: what all scenarios share. */
export class GuestSession {
  readonly runner: AgentRunner;
  #logged = -1;
  /** Its starts whose files may still grow, with what they are kept under. */
  #open: OpenStart[] = [];
  #phase = 'start';
  #isUnwatched = false;
  /** Where allowed neighbours go; null until it has come up. */
  server: NeighbourServer | null = null;
  #env: Readonly<Record<string, string>> = {};
  /** The agent of the phase before, while it runs on. */
  #left: LeftRunning | null = null;
  /** Rules that all proofs have in their policies that look at one start. */
  #shared: readonly PolicyRules[] = [];

  constructor(readonly options: GuestSessionOptions) {
    this.runner = new AgentRunner(options);
  }

  get guest(): Guest {
    return this.options.guest;
  }

  get target(): Target {
    return this.options.target;
  }

  get agent(): Agent {
    return this.options.agent;
  }

  get contract(): Contract {
    return this.options.contract;
  }

  get environment(): Environment {
    return this.options.environment;
  }

  /** Kinds of rule over which the agent has given up, with the phase that says so. */
  get refused(): Map<RuleKind, string> {
    return this.options.known.refused;
  }

  wants(name: CheckClass): boolean {
    return this.options.classes.has(name);
  }

  record(evidence: ScenarioEvidence): void {
    this.options.record(evidence);
  }

  /** What the kernel logged before anything was tried belongs to no phase. */
  async settleLog(): Promise<void> {
    this.#logged = (await oracleKernelLog(this.guest, Number.MAX_SAFE_INTEGER)).last;
  }

  /** What the agent does not claim to do, or the kernel does not have: reported, and never counted as passed. */
  notOffered(name: CheckClass, scenario: string, detail: string, by: 'agent' | 'kernel' = 'agent'): void {
    this.record({ kind: 'not-offered', class: name, environment: this.environment, scenario, by, detail });
  }

  /** What was not begun any more: reported, and never counted as passed. */
  notRun(name: CheckClass, scenario: string, because: NotRunReason = { detail: endedEarly }): void {
    this.record({ kind: 'not-run', class: name, environment: this.environment, scenario, ...because });
  }

  /**
   * A policy with these rules, but for the kinds that the agent refuses; null where the contract has none. One that denies
   * paths denies one more, by which it is seen that the agent has reported all.
   */
  policy(version: number, parts: readonly PolicyRules[]): string | null {
    const taken = new Set([...this.agent.rules].filter((kind) => !this.refused.has(kind)));
    const last = parts.some(({ deny_path: paths }) => paths !== undefined) ? [{ deny_path: [rowSecret] }] : [];
    return this.contract.policy?.write(version, [...parts, ...last], taken) ?? null;
  }

  /**
   * Starts the agent; `env` is what the environment adds, and what the start does. Throws AgentNotStarted when it turns
   * out that it never comes up here.
   */
  async start(request: StartRequest): Promise<Started> {
    const running = await this.#sameStart(request);
    if (running !== null) return running;
    const started = await this.#startKept(request);
    const { known } = this.options;
    if (known.hasComeUp) return started;
    if (started.comingUp.kind !== 'announced' && (await started.claim()).announced === null) {
      if (started.pid !== null) await started.stop();
      await comesUpAtAll(this, (plain) => this.#startKept(plain));
    }
    known.hasComeUp = true;
    return started;
  }

  async #startKept(request: StartRequest): Promise<Started> {
    // The next start replaces the report.
    const before = this.#open.at(-1);
    if (before !== undefined) await this.#keep(before);
    const started = await this.runner.start({ ...request, env: { ...this.#env, ...request.env } });
    const number = 1 + this.#open.filter(({ phase }) => phase === this.#phase).length;
    const start = { started, request, phase: this.#phase, number, since: null };
    this.#open.push(start);
    await this.#keep(start);
    return started;
  }

  /** The agent that runs on from an earlier phase, where it is what the next one would start; ends it where it is not. */
  async #sameStart(request: StartRequest): Promise<Started | null> {
    const left = this.#left;
    if (left === null) return null;
    const { started, scenario } = left;
    const isSame = isSameStart(left.request, request) && (await started.poll()).kind === 'running';
    if (!isSame || !(await started.beginPhase())) {
      await this.clear();
      return null;
    }
    this.#left = null;
    this.#recordLife(scenario, { kind: 'running' });
    this.#open = this.#open.map((one) =>
      one.started === started ? { ...one, phase: this.#phase, number: 1, since: one.since ?? one.phase } : one,
    );
    return started;
  }

  /** Does an agent run on from an earlier phase? */
  get isLeftRunning(): boolean {
    return this.#left !== null;
  }

  /** Does it say that it enforces? */
  async isLeftEnforcing(): Promise<boolean> {
    const announced = (await this.#left?.started.claim())?.announced ?? null;
    return announced !== null && this.contract.states[announced]?.enforces === true;
  }

  /** Ends the agent that runs on: what comes next is without one, or wants another start. */
  async clear(): Promise<void> {
    const left = this.#left;
    this.#left = null;
    if (left === null) return;
    const { started, scenario, attempts } = left;
    const stop = await started.stop();
    this.#recordLife(scenario, lifeUntil(stop, await this.#lastOf(started, attempts)));
    await this.#keepOpen();
    const records = await this.#newLog();
    if (records.length > 0) this.#recordLog(scenario, records);
  }

  /** All that was to be proved here is: the guest is thrown away with whatever runs in it. */
  async finish(): Promise<void> {
    if (this.options.stopsLast) return this.clear();
    if (this.#left !== null) this.#recordLife(this.#left.scenario, { kind: 'running' });
    this.#left = null;
  }

  /** Work for several proofs that look at one start, whose policy has the rules of all of them. */
  async sharing<T>(rules: readonly PolicyRules[], work: () => Promise<T>): Promise<T> {
    this.#shared = rules;
    try {
      return await work();
    } finally {
      this.#shared = [];
    }
  }

  /** Is work going on for several proofs that look at one start? */
  get isSharing(): boolean {
    return this.#shared.length > 0;
  }

  /** The policy of a proof that others may share a start with. */
  sharedPolicy(version: number, parts: readonly PolicyRules[]): string | null {
    return this.policy(version, [...this.#shared, ...parts]);
  }

  /** The report is that of the last start; those before it have been kept with theirs. */
  async #keep(start: OpenStart): Promise<void> {
    const { started, phase, number, since } = start;
    const withReport = start === this.#open.at(-1);
    await this.options.keep({ phase, number, files: await keptFiles(started, { withReport, since }) });
  }

  async #keepOpen(): Promise<void> {
    for (const start of this.#open) await this.#keep(start);
    this.#open = this.#open.filter(({ started }) => started.pid !== null);
  }

  /** From now on each start has this variable, by which the agent is deceived about the machine. */
  deceive(override: Override, path: string): void {
    this.#env = { ...this.#env, [this.variable(override)]: path };
  }

  /** The name of that variable in the contract. */
  variable(override: Override): string {
    const variable = this.contract.conventions.overrides[override];
    if (variable === undefined) throw new Error(`scenarios: the contract ${this.contract.name} has no ${override}`);
    return variable;
  }

  /** A fact that must hold, already reduced to yes or no. */
  claim(name: CheckClass, scenario: string, parts: ClaimParts): void {
    this.record({ kind: 'claim', class: name, environment: this.environment, scenario, ...parts });
  }

  /** One phase of the proof: announced to people, and closed by reading the kernel's log. */
  async phase<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.options.onPhase(name);
    this.#phase = name;
    const result = await work();
    await this.#keepOpen();
    this.#recordLog(name, await this.#newLog());
    await this.#vouch();
    return result;
  }

  /** What the kernel has logged since the last time. */
  async #newLog(): Promise<KernelLogEvidence['records']> {
    const { records, last } = await oracleKernelLog(this.guest, this.#logged);
    this.#logged = last;
    return records;
  }

  #recordLog(scenario: string, records: KernelLogEvidence['records']): void {
    this.record({ kind: 'kernel-log', class: 'posture', environment: this.environment, scenario, records });
  }

  /** Who has reached into PID 1 or the probe? Nobody may, and nobody is asked where the kernel does not show it. */
  async #vouch(): Promise<void> {
    const answer = await vouch(this.guest);
    if (answer.watched) {
      if (answer.seen.length > 0) throw new ProbeTampered(answer.seen);
      return;
    }
    if (this.#isUnwatched) return;
    this.#isUnwatched = true;
    const { environment } = this;
    const scenario = 'a watch over PID 1 and the probe';
    this.record({ kind: 'not-offered', class: 'posture', environment, scenario, by: 'kernel', detail: answer.why });
  }

  /** The probe is not to be believed from this phase on. */
  tampered(seen: readonly string[]): void {
    const [first = '', ...others] = seen;
    this.claim('posture', this.#phase, {
      check: 'the probe is left alone',
      blames: 'PROBE_TAMPERED',
      holds: false,
      expected: 'nobody attaches to PID 1 or to a process of the probe, nor writes in their place',
      actual: others.length === 0 ? first : `${first}, and ${others.length} more`,
      details: seen.slice(0, 10),
    });
  }

  /** The guest cannot work because of what is attached. */
  deniedToGuest(what: string): void {
    this.claim('posture', this.#phase, {
      ...guestCannotWork,
      expected: 'PID 1 and the probe may use what is their own',
      actual: what,
    });
  }

  /**
   * The end of a phase with an agent: records which of its lines were no events, and how it lived through `attempts`. It
   * runs on where all that it had to report is there, and that it lived is recorded when that is over; it is stopped where
   * not. False for one that has not lived.
   */
  async end(started: Started, scenario: string, attempts: readonly ScenarioAttempt[] = []): Promise<boolean> {
    const request = this.#open.find((one) => one.started === started)?.request;
    const runsOn = request !== undefined && (await hasReportedAll(this, started));
    const seen = runsOn ? await started.poll() : await started.stop();
    const { events, bad } = await started.events();
    if (seen.kind === 'running' && request !== undefined) this.#left = { started, request, scenario, attempts };
    else if (seen.kind !== 'running')
      this.#recordLife(scenario, lifeUntil(seen, await this.#lastOf(started, attempts)));
    const about = { class: 'posture', environment: this.environment, scenario } as const;
    this.record({ kind: 'event-lines', ...about, lines: events.length, bad: firstOf(bad) });
    return seen.kind === 'running' || seen.kind === 'stopped';
  }

  #recordLife(scenario: string, life: LifeEvidence['life']): void {
    this.record({ kind: 'life', class: 'posture', environment: this.environment, scenario, life });
  }

  /** Where it stood by its own events, among these attempts. */
  async #lastOf(started: Started, attempts: readonly ScenarioAttempt[]) {
    if (attempts.length === 0) return {};
    return { last: lastReported(attempts, (await started.events()).events, this.contract.events) };
  }
}
