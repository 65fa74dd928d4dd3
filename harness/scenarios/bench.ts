import type { Guest } from '../guest/client.js';
import type { CheckClass, Setting } from '../model/check.js';
import type { ClaimEvidence, ScenarioEvidence } from '../model/scenario-evidence.js';
import type { Agent } from '../model/subject.js';
import { kernelLog } from './oracle.js';
import type { Started } from './subject.js';
import { Subject } from './subject.js';

/** What to prove on one machine. */
export interface BenchOptions {
  readonly guest: Guest;
  readonly agent: Agent;
  readonly setting: Setting;
  readonly classes: ReadonlySet<CheckClass>;
  /** Takes each piece of evidence as it comes: a machine that breaks keeps what it has proved. */
  readonly record: (evidence: ScenarioEvidence) => void;
  /** `enforce`, `posture: fallback off`: for people who watch. */
  readonly tell: (phase: string) => void;
  /** The selftest's fault that has to be planted while the subject enforces. */
  readonly plant: ((guest: Guest) => Promise<void>) | undefined;
}

/** What a claim says besides where it belongs. */
export type ClaimParts = Pick<ClaimEvidence, 'leg' | 'blames' | 'holds' | 'expected' | 'actual'>;

/** One machine with its subject: what all scenarios share. */
export class Bench {
  readonly subject: Subject;
  #logged = -1;

  constructor(readonly options: BenchOptions) {
    this.subject = new Subject(options.guest, options.agent);
  }

  get guest(): Guest {
    return this.options.guest;
  }

  get agent(): Agent {
    return this.options.agent;
  }

  get setting(): Setting {
    return this.options.setting;
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

  /** What the subject does not claim to do: told, and never counted as passed. */
  notOffered(name: CheckClass, scenario: string, detail: string): void {
    this.record({ kind: 'not-offered', class: name, setting: this.setting, scenario, by: 'subject', detail });
  }

  /** A fact that must hold, already reduced to yes or no. */
  claim(name: CheckClass, scenario: string, parts: ClaimParts): void {
    this.record({ kind: 'claim', class: name, setting: this.setting, scenario, ...parts });
  }

  /** One phase of the proof: told to people, and closed by a look at the kernel's log. */
  async phase<T>(name: string, work: () => Promise<T>): Promise<T> {
    this.options.tell(name);
    const result = await work();
    const { records, last } = await kernelLog(this.guest, this.#logged);
    this.#logged = last;
    this.record({ kind: 'kernel-log', class: 'posture', setting: this.setting, scenario: name, records });
    return result;
  }

  /** Ends a subject; tells how it lived, and which of its lines were no events. */
  async end(started: Started, scenario: string): Promise<boolean> {
    const about = { class: 'posture', setting: this.setting, scenario } as const;
    const stop = await started.stop();
    this.record({ kind: 'life', ...about, life: stop.kind === 'stopped' ? { kind: 'running' } : stop });
    const { events, bad } = await started.events();
    this.record({ kind: 'event-lines', ...about, lines: events.length, bad });
    return stop.kind === 'stopped';
  }
}
