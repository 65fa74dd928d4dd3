import type { Guest } from '../guest/client.js';
import type { CheckClass, Environment } from '../model/check.js';
import type { ClaimEvidence, ScenarioEvidence } from '../model/scenario-evidence.js';
import type { Agent } from '../model/agent.js';
import { kernelLog } from './oracle.js';
import type { Started } from './agent-runner.js';
import { AgentRunner } from './agent-runner.js';

/** What to prove on one machine. */
export interface GuestSessionOptions {
  readonly guest: Guest;
  readonly agent: Agent;
  readonly environment: Environment;
  readonly classes: ReadonlySet<CheckClass>;
  /** Takes each piece of evidence as it comes: a machine that breaks keeps what it has proved. */
  readonly record: (evidence: ScenarioEvidence) => void;
  /** `enforce`, `posture: fallback off`: for people who watch. */
  readonly tell: (phase: string) => void;
  /** The selftest's fault that has to be planted while the agent enforces. */
  readonly plant: ((guest: Guest) => Promise<void>) | undefined;
}

/** What a claim says besides where it belongs. */
export type ClaimParts = Pick<ClaimEvidence, 'check' | 'blames' | 'holds' | 'expected' | 'actual'>;

/** One machine with its agent: what all scenarios share. */
export class GuestSession {
  readonly runner: AgentRunner;
  #logged = -1;

  constructor(readonly options: GuestSessionOptions) {
    this.runner = new AgentRunner(options.guest, options.agent);
  }

  get guest(): Guest {
    return this.options.guest;
  }

  get agent(): Agent {
    return this.options.agent;
  }

  get environment(): Environment {
    return this.options.environment;
  }

  wants(name: CheckClass): boolean {
    return this.options.classes.has(name);
  }

  record(evidence: ScenarioEvidence): void {
    this.options.record(evidence);
  }

  /** Everything the kernel said before anything was tried belongs to nobody. */
  async settleLog(): Promise<void> {
    this.#logged = (await kernelLog(this.guest, this.#logged)).last;
  }

  /** What the agent does not claim to do: told, and never counted as passed. */
  notOffered(name: CheckClass, scenario: string, detail: string): void {
    this.record({ kind: 'not-offered', class: name, environment: this.environment, scenario, by: 'agent', detail });
  }

  /** A fact that must hold, already reduced to yes or no. */
  claim(name: CheckClass, scenario: string, parts: ClaimParts): void {
    this.record({ kind: 'claim', class: name, environment: this.environment, scenario, ...parts });
  }

  /** One phase of the proof: told to people, and closed by an observation at the kernel's log. */
  async phase<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.options.tell(name);
    const result = await work();
    const { records, last } = await kernelLog(this.guest, this.#logged);
    this.#logged = last;
    this.record({ kind: 'kernel-log', class: 'posture', environment: this.environment, scenario: name, records });
    return result;
  }

  /** Ends an agent; tells how it lived, and which of its lines were no events. */
  async end(started: Started, scenario: string): Promise<boolean> {
    const about = { class: 'posture', environment: this.environment, scenario } as const;
    const stop = await started.stop();
    this.record({ kind: 'life', ...about, life: stop.kind === 'stopped' ? { kind: 'running' } : stop });
    const { events, bad } = await started.events();
    this.record({ kind: 'event-lines', ...about, lines: events.length, bad });
    return stop.kind === 'stopped';
  }
}
