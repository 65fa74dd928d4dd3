import { expand } from '../config/placeholders.js';
import type { Guest } from '../guest/client.js';
import { getTextIfThere, putFile, removeFile } from '../guest/files.js';
import { type GuestEnd, type ProcessEnd, run, sendSignal, spawn, waitFor } from '../guest/process.js';
import type { Claim, ComingUp, RawEvent } from '../model/scenario-evidence.js';
import type { Agent, EnforceSignal } from '../model/agent.js';
import { readEventLines } from './event-lines.js';

const sigterm = 15;
const sigkill = 9;
/** Milliseconds between two polls at what an agent has said. */
const pollInterval = 1000;
const prepareTimeout = 60_000;
/** The contract's own announcement, as a pattern of `ready`. */
const stateChange = '"type":"state_change"';

/** What is asked of an agent for one start. */
export interface Asked {
  readonly mode: 'enforce' | 'audit';
  readonly policy: string;
  readonly signal?: EnforceSignal;
  readonly fallback?: 'signal' | 'off';
  readonly gate?: 'fail-closed' | 'audit-fallback';
  /** Violations before KILL, and the seconds they are counted in. */
  readonly threshold?: number;
  readonly window?: number;
  /** The overrides of the contract, on top of the agent's own environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Words after the agent's own. */
  readonly more?: readonly string[];
}

/** The agent in one guest: starts it, listens to it, ends it. */
export class AgentRunner {
  #starts = 0;

  constructor(
    readonly guest: Guest,
    readonly agent: Agent,
  ) {}

  /** Where the next start will promise to enforce, and by which words; null when no plain words say so. */
  nextPromise(): { readonly file: string; readonly needle: string } | null {
    const { ready, paths } = this.agent;
    const file = filesOf(paths.folder, this.#starts + 1)[ready.stream];
    if (ready.pattern.source === stateChange) return { file, needle: '"state":"ENFORCE"' };
    return /^[\w :,"-]+$/.test(ready.pattern.source) ? { file, needle: ready.pattern.source } : null;
  }

  async upload(): Promise<void> {
    for (const { path, bytes, mode } of this.agent.uploads) await putFile(this.guest, path, bytes, mode);
  }

  /** Starts it and waits until it has announced a state, given up, or kept silent for too long. */
  async start(asked: Asked): Promise<Started> {
    const { guest, agent } = this;
    const files = this.#files();
    const values = this.#values(asked, files.policy);
    const env = { ...mapValues(agent.env, (value) => expand([value], values)[0] ?? ''), ...asked.env };
    await putFile(guest, files.policy, asked.policy, 0o644);
    // What an earlier start has reported must not speak for this one.
    if ((await getTextIfThere(guest, agent.report)) !== null) await removeFile(guest, agent.report);
    for (const argv of agent.prepare) {
      const failed = await this.#prepare(nonEmpty(expand(argv, values)), env);
      if (failed !== null) return new Started(this, files, null, failed);
    }
    const argv = nonEmpty(expand([...agent.run, ...(asked.more ?? [])], values));
    const pid = await spawn(guest, { argv, env, stdout: files.stdout, stderr: files.stderr });
    return this.#comeUp(pid, files);
  }

  async #comeUp(pid: number, files: StartFiles): Promise<Started> {
    const { stream, pattern } = this.agent.ready;
    const deadline = this.agent.deadlines.ready;
    const { clock } = this.guest;
    let said = '';
    for (const until = clock() + deadline; clock() < until;) {
      const left = Math.max(0, Math.ceil(until - clock()));
      const grown = { path: files[stream], size: Buffer.byteLength(said) };
      const end = await waitFor(this.guest, pid, Math.min(pollInterval, left), grown);
      said = (await getTextIfThere(this.guest, files[stream])) ?? '';
      if (end.kind !== 'running') return new Started(this, files, null, await this.#ended(end, files));
      if (wholeLines(said).some((line) => pattern.test(line))) {
        const started = new Started(this, files, pid, { kind: 'announced' });
        // It has said that it will not stay.
        if ((await started.claim()).announced === 'DEGRADED') await started.giveUp();
        return started;
      }
    }
    return new Started(this, files, pid, { kind: 'silent', ms: deadline });
  }

  /** Waits until it has ended, as long as the agent may take; a machine that could not run is waited for. */
  async waitForEnd(pid: number): Promise<GuestEnd> {
    const { clock } = this.guest;
    const limit = this.agent.deadlines.stop;
    const until = clock() + limit;
    for (let left = limit; ; left = until - clock()) {
      const end = await waitFor(this.guest, pid, Math.max(0, Math.round(left)));
      if (end.kind !== 'running' || clock() >= until) return end;
    }
  }

  async #prepare(argv: readonly [string, ...string[]], env: Record<string, string>): Promise<ComingUp | null> {
    const { end, stderr } = await run(this.guest, { argv, env, timeout: prepareTimeout });
    if (end.kind === 'exited' && end.status === 0) return null;
    const words = [`prepare: ${argv.join(' ')}`, ...tail(stderr.toString())];
    return comingUpOf(end, words);
  }

  async #ended(end: ProcessEnd, files: StartFiles): Promise<ComingUp> {
    return comingUpOf(end, tail((await getTextIfThere(this.guest, files.stderr)) ?? ''));
  }

  /** Files of their own for each start: two may run at the same time. */
  #files(): StartFiles {
    return filesOf(this.agent.paths.folder, ++this.#starts);
  }

  #values(asked: Asked, policy: string): Readonly<Record<string, string>> {
    const { paths, report, spelling } = this.agent;
    const { mode, signal = 'none', fallback = 'off', gate = 'fail-closed', threshold = 5, window = 30 } = asked;
    return {
      ...paths,
      policy,
      report,
      mode: spelling.mode[mode] ?? mode,
      signal: spelling.signal[signal] ?? signal,
      fallback: spelling.fallback[fallback] ?? fallback,
      gate: spelling.gate[gate] ?? gate,
      threshold: String(threshold),
      window: String(window),
    };
  }
}

interface StartFiles {
  readonly policy: string;
  readonly stdout: string;
  readonly stderr: string;
}

function filesOf(folder: string, start: number): StartFiles {
  const base = `${folder}/start-${start}`;
  return { policy: `${base}.policy`, stdout: `${base}.stdout`, stderr: `${base}.stderr` };
}

export type Stop =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'ended'; readonly end: string; readonly words: readonly string[] }
  | { readonly kind: 'hung'; readonly ms: number };

/** An agent that was started. `pid` is null once it has ended. */
export class Started {
  #pid: number | null;
  #comingUp: ComingUp;

  constructor(
    readonly runner: AgentRunner,
    readonly files: StartFiles,
    pid: number | null,
    comingUp: ComingUp,
  ) {
    this.#pid = pid;
    this.#comingUp = comingUp;
  }

  get pid(): number | null {
    return this.#pid;
  }

  get comingUp(): ComingUp {
    return this.#comingUp;
  }

  /** Waits for the end of an agent that has announced that it gives up. */
  async giveUp(): Promise<void> {
    if (this.#pid === null) return;
    const end = await this.runner.waitForEnd(this.#pid);
    if (end.kind === 'running') return;
    this.#pid = null;
    this.#comingUp = comingUpOf(end, await this.#words());
  }

  /** What it says of itself now. */
  async claim(): Promise<Claim> {
    const text = await getTextIfThere(this.runner.guest, this.runner.agent.report);
    const changes = (await this.events()).events.filter(({ type }) => type === 'state_change');
    const states = changes.map(({ state }) => String(state));
    return { report: readReport(text), announced: states.at(-1) ?? null, earlier: states.slice(0, -1) };
  }

  /** Every line it has told so far. */
  async events(): Promise<{ readonly events: readonly RawEvent[]; readonly bad: readonly string[] }> {
    return readEventLines(wholeLines((await getTextIfThere(this.runner.guest, this.files.stdout)) ?? ''));
  }

  /** Has it ended by itself? An observation, no wait. */
  async poll(): Promise<{ readonly kind: 'running' } | Extract<Stop, { kind: 'ended' }>> {
    if (this.#pid === null) return { kind: 'ended', end: 'it had ended', words: [] };
    const end = await waitFor(this.runner.guest, this.#pid, 0);
    if (end.kind === 'running') return end;
    this.#pid = null;
    return { kind: 'ended', end: describeEnd(end), words: await this.#words() };
  }

  async signal(signo: number): Promise<void> {
    if (this.#pid !== null) await sendSignal(this.runner.guest, this.#pid, signo);
  }

  /** SIGTERM, and SIGKILL for one that does not listen. */
  async stop(): Promise<Stop> {
    const before = await this.poll();
    if (before.kind === 'ended') return before;
    await this.signal(sigterm);
    return this.ending();
  }

  /** Waits for the end of an agent that has been told to end. */
  async ending(): Promise<Stop> {
    if (this.#pid === null) return { kind: 'stopped' };
    const { guest, agent } = this.runner;
    const end = await this.runner.waitForEnd(this.#pid);
    if (end.kind === 'running') {
      await sendSignal(guest, this.#pid, sigkill);
      await waitFor(guest, this.#pid, agent.deadlines.stop);
      this.#pid = null;
      return { kind: 'hung', ms: agent.deadlines.stop };
    }
    this.#pid = null;
    const asked = (end.kind === 'exited' && end.status === 0) || (end.kind === 'signalled' && end.signal === sigterm);
    return asked ? { kind: 'stopped' } : { kind: 'ended', end: describeEnd(end), words: await this.#words() };
  }

  async #words(): Promise<readonly string[]> {
    return tail((await getTextIfThere(this.runner.guest, this.files.stderr)) ?? '');
  }
}

function comingUpOf(end: ProcessEnd, words: readonly string[]): ComingUp {
  return { kind: 'ended', end: describeEnd(end), status: end.kind === 'exited' ? end.status : null, words };
}

function readReport(text: string | null): Claim['report'] {
  if (text === null) return { kind: 'bad', why: 'there is no capability report' };
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return { kind: 'read', value: value as RawEvent };
    }
    return { kind: 'bad', why: 'the capability report is not a JSON object' };
  } catch (error) {
    return { kind: 'bad', why: `the capability report is not JSON: ${(error as Error).message}` };
  }
}

/** The lines that are finished; what is still being written is not looked at. */
function wholeLines(text: string): readonly string[] {
  return text.split('\n').slice(0, -1);
}

function tail(text: string): readonly string[] {
  return text.trimEnd().split('\n').slice(-5);
}

export function describeEnd(end: GuestEnd): string {
  switch (end.kind) {
    case 'exited':
      return `exit ${end.status}`;
    case 'signalled':
      return `killed by signal ${end.signal}`;
    case 'timed-out':
      return 'did not end in time';
    case 'running':
      return 'is running';
  }
}

function nonEmpty(words: readonly string[]): [string, ...string[]] {
  const [first, ...rest] = words;
  if (first === undefined) throw new Error('a command without a word');
  return [first, ...rest];
}

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
