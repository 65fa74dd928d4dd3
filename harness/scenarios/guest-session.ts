// SPDX-License-Identifier: Apache-2.0
import type { Contract, PolicyRules } from '../contracts/contract.js';
import type { StartRequest } from '../contracts/proof.js';
import type { Guest } from '../guest/client.js';
import type { CheckClass, Environment } from '../model/check.js';
import { type ClaimEvidence, endedEarly, type ScenarioEvidence } from '../model/scenario-evidence.js';
import type { Agent, Override } from '../model/agent.js';
import type { ScenarioFilter } from '../plan/scenario-filter.js';
import { kernelLog } from './oracle.js';
import { AgentRunner } from './agent-runner.js';
import type { Started } from './started.js';

/** What to prove on one machine. */
export interface GuestSessionOptions {
  readonly guest: Guest;
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
  /** `enforce`, `posture: fallback off`: for people who watch. */
  readonly onPhase: (phase: string) => void;
  /** The selftest's fault that has to be planted while the agent enforces. */
  readonly plant: ((guest: Guest) => Promise<void>) | undefined;
}

/** A claim without the place it belongs to. */
export type ClaimParts = Pick<ClaimEvidence, 'check' | 'blames' | 'holds' | 'expected' | 'actual'>;

/** One machine with its agent: what all scenarios share. */
export class GuestSession {
  readonly runner: AgentRunner;
  #logged = -1;
  #env: Readonly<Record<string, string>> = {};

  constructor(readonly options: GuestSessionOptions) {
    this.runner = new AgentRunner(options);
  }

  get guest(): Guest {
    return this.options.guest;
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

  wants(name: CheckClass): boolean {
    return this.options.classes.has(name);
  }

  record(evidence: ScenarioEvidence): void {
    this.options.record(evidence);
  }

  /** What the kernel logged before anything was tried belongs to no phase. */
  async settleLog(): Promise<void> {
    this.#logged = (await kernelLog(this.guest, this.#logged)).last;
  }

  /** What the agent does not claim to do: reported, and never counted as passed. */
  notOffered(name: CheckClass, scenario: string, detail: string): void {
    this.record({ kind: 'not-offered', class: name, environment: this.environment, scenario, by: 'agent', detail });
  }

  /** What was not begun any more: reported, and never counted as passed. */
  notRun(name: CheckClass, scenario: string): void {
    this.record({ kind: 'not-run', class: name, environment: this.environment, scenario, detail: endedEarly });
  }

  /** A policy with these rules; null where the contract has none. */
  policy(version: number, parts: readonly PolicyRules[]): string | null {
    return this.contract.policy?.write(version, parts, this.agent.rules) ?? null;
  }

  /** Starts the agent; `env` is what the environment adds, and what the start does. */
  start(request: StartRequest): Promise<Started> {
    return this.runner.start({ ...request, env: { ...this.#env, ...request.env } });
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
    const result = await work();
    const { records, last } = await kernelLog(this.guest, this.#logged);
    this.#logged = last;
    this.record({ kind: 'kernel-log', class: 'posture', environment: this.environment, scenario: name, records });
    return result;
  }

  /** Ends an agent; records how it lived, and which of its lines were no events. */
  async end(started: Started, scenario: string): Promise<boolean> {
    const about = { class: 'posture', environment: this.environment, scenario } as const;
    const stop = await started.stop();
    this.record({ kind: 'life', ...about, life: stop.kind === 'stopped' ? { kind: 'running' } : stop });
    const { events, bad } = await started.events();
    this.record({ kind: 'event-lines', ...about, lines: events.length, bad });
    return stop.kind === 'stopped';
  }
}
