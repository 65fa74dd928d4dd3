// SPDX-License-Identifier: Apache-2.0
import type { Contract, EventLines } from '../contracts/contract.js';
import { reportInContract } from '../contracts/speaking.js';
import type { Guest } from '../guest/client.js';
import { GuestRefusal } from '../guest/errors.js';
import { EndlessFileError, getOutputText, getTextIfThere, grownBeyond, outputInterval } from '../guest/files.js';
import { type GuestEnd, sendSignal, waitForProcess } from '../guest/process.js';
import type { Agent } from '../model/agent.js';
import { parseAgentJson } from '../model/agent-json.js';
import type { Claim, ComingUp, RawEvent } from '../model/scenario-evidence.js';
import { describeProcessEnd, endedComingUp, lastOutputLines } from './process-end.js';
import { boundedLines } from './bounded-lines.js';

/** Some 1 MiB of them; of a longer output the first 4 MiB are always there. */
const linesOfEarlierPhases = 5_000;
const sigterm = 15;
const sigkill = 9;

/** Where the files of one start are, in the guest. */
export interface StartFiles {
  readonly policy: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** What it was started with. */
export interface Given {
  /** Null when what runs before it failed. */
  readonly argv: readonly string[] | null;
  /** All of its environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly policy: string | null;
  readonly prepared: readonly Prepared[];
}

/** One command that ran before it, and how it ended: `exit 0`. */
export interface Prepared {
  readonly argv: readonly string[];
  readonly end: string;
  readonly stdout: string;
  readonly stderr: string;
}

/** Whose start it is. */
export interface AgentInGuest {
  readonly guest: Guest;
  readonly agent: Agent;
  readonly contract: Contract;
}

export type Stop =
  | { readonly kind: 'stopped' }
  | { readonly kind: 'ended'; readonly end: string; readonly output: readonly string[] }
  | { readonly kind: 'hung'; readonly ms: number };

export interface StartedParts {
  readonly of: AgentInGuest;
  readonly files: StartFiles;
  readonly given: Given;
  readonly pid: number | null;
  readonly comingUp: ComingUp;
}

/** An agent that was started. `pid` is null once it has ended. */
export class Started {
  readonly of: AgentInGuest;
  readonly files: StartFiles;
  readonly given: Given;
  #pid: number | null;
  #comingUp: ComingUp;
  #end: string | null;
  /** How it ended, where that was seen while something else was waited for. */
  #seenEnd: Extract<Stop, { kind: 'ended' }> = { kind: 'ended', end: 'it had ended', output: [] };
  /** Lines that it had written when the phase began that looks at it now. */
  #before = 0;

  constructor({ of, files, given, pid, comingUp }: StartedParts) {
    this.of = of;
    this.files = files;
    this.given = given;
    this.#pid = pid;
    this.#comingUp = comingUp;
    this.#end = comingUp.kind === 'ended' ? comingUp.end : null;
  }

  /** How it ended, `exit 0`; null while it runs. */
  get end(): string | null {
    return this.#end;
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
    const end = await this.#waitForEnd(this.#pid);
    if (end.kind === 'running') return;
    this.#gone(end);
    this.#comingUp = endedComingUp(end, await this.#output());
  }

  /** What it claims about itself now. */
  async claim(): Promise<Claim> {
    const { agent, contract, guest } = this.of;
    const report = agent.report === null ? null : this.#read(await reportText(guest, agent.report));
    const states = [
      ...contract.events.read(await this.#eventLines()).events.flatMap((event) => contract.events.stateOf(event) ?? []),
      ...(await this.#announcedInText()),
    ];
    return { report, announced: states.at(-1) ?? null, earlier: states.slice(0, -1) };
  }

  /**
   * Another phase looks at it: what it has written by now is none of that phase's events. False where that is so much
   * that it could not be distinguished once the middle of its output is left out.
   */
  async beginPhase(): Promise<boolean> {
    this.#before = (await this.#eventLines()).length;
    return this.#before < linesOfEarlierPhases;
  }

  /** Every line it has written so far, in the phase that looks at it. */
  async events(): Promise<EventLines> {
    return this.of.contract.events.read((await this.#eventLines()).slice(this.#before));
  }

  /** Does it report an attempt of this process, within so many milliseconds? */
  async reports(process: number, ms: number): Promise<boolean> {
    const { guest, agent, contract } = this.of;
    const path = this.files[agent.dialect?.events.stream ?? 'stdout'];
    for (const until = guest.clock() + ms; this.#pid !== null;) {
      const text = await getOutputText(guest, path);
      const { events } = contract.events.read(boundedLines(text).slice(this.#before));
      if (events.some((event) => event['pid'] === process && contract.events.isAboutAttempt(event))) return true;
      const left = Math.ceil(until - guest.clock());
      if (left <= 0) return false;
      const end = await waitForProcess(guest, this.#pid, Math.min(left, outputInterval), grownBeyond(path, text));
      if (end.kind !== 'running') await this.#ended(end);
    }
    return false;
  }

  /** Has it ended by itself? An observation, no wait. */
  async poll(): Promise<{ readonly kind: 'running' } | Extract<Stop, { kind: 'ended' }>> {
    if (this.#pid === null) return this.#seenEnd;
    const end = await waitForProcess(this.of.guest, this.#pid, 0);
    return end.kind === 'running' ? end : this.#ended(end);
  }

  async signal(signo: number): Promise<void> {
    if (this.#pid !== null) await sendSignal(this.of.guest, this.#pid, signo);
  }

  /** SIGTERM, and SIGKILL for one that does not listen. */
  async stop(): Promise<Stop> {
    const before = await this.poll();
    if (before.kind === 'ended') return before;
    await this.signal(sigterm);
    return this.ending();
  }

  /** Waits for the end of an agent that has been asked to end. */
  async ending(): Promise<Stop> {
    if (this.#pid === null) return { kind: 'stopped' };
    const { guest, agent } = this.of;
    const end = await this.#waitForEnd(this.#pid);
    if (end.kind === 'running') {
      await sendSignal(guest, this.#pid, sigkill);
      this.#gone(await waitForProcess(guest, this.#pid, agent.deadlines.stop));
      return { kind: 'hung', ms: agent.deadlines.stop };
    }
    this.#gone(end);
    const asked = (end.kind === 'exited' && end.status === 0) || (end.kind === 'signalled' && end.signal === sigterm);
    return asked ? { kind: 'stopped' } : { kind: 'ended', end: describeProcessEnd(end), output: await this.#output() };
  }

  async #ended(end: GuestEnd): Promise<Extract<Stop, { kind: 'ended' }>> {
    this.#gone(end);
    this.#seenEnd = { kind: 'ended', end: describeProcessEnd(end), output: await this.#output() };
    return this.#seenEnd;
  }

  #gone(end: GuestEnd): void {
    this.#pid = null;
    this.#end = describeProcessEnd(end);
  }

  /** As long as the agent may take; time in which the machine could not run does not count. */
  async #waitForEnd(pid: number): Promise<GuestEnd> {
    const { guest, agent } = this.of;
    const limit = agent.deadlines.stop;
    const until = guest.clock() + limit;
    for (let left = limit; ; left = until - guest.clock()) {
      const end = await waitForProcess(guest, pid, Math.max(0, Math.round(left)));
      if (end.kind !== 'running' || guest.clock() >= until) return end;
    }
  }

  /** States that it announces outside of its events, by the lines of its dialect. */
  async #announcedInText(): Promise<readonly string[]> {
    const announcements = this.of.agent.dialect?.announcements ?? null;
    if (announcements === null) return [];
    const states = Object.entries(announcements.lines);
    return (await this.#lines(announcements.stream)).flatMap((line) =>
      states.filter(([, text]) => line.includes(text)).map(([state]) => state),
    );
  }

  #eventLines(): Promise<readonly string[]> {
    return this.#lines(this.of.agent.dialect?.events.stream ?? 'stdout');
  }

  async #lines(stream: 'stdout' | 'stderr'): Promise<readonly string[]> {
    return boundedLines(await getOutputText(this.of.guest, this.files[stream]));
  }

  #read(text: string | null | { readonly unread: string }): NonNullable<Claim['report']> {
    const { contract, agent } = this.of;
    const report = typeof text === 'object' && text !== null ? text.unread : readReport(text);
    return typeof report === 'string'
      ? { kind: 'bad', why: report }
      : reportInContract(report, contract, agent.dialect);
  }

  async #output(): Promise<readonly string[]> {
    return lastOutputLines(await getOutputText(this.of.guest, this.files.stderr));
  }
}

/** Bytes of a capability report; a hundred times what one has. */
const reportLimit = 2 ** 20;

/** An agent may leave anything in place of its report: a device, a folder, a terabyte of holes. */
async function reportText(guest: Guest, path: string): Promise<string | null | { readonly unread: string }> {
  try {
    return await getTextIfThere(guest, path, reportLimit);
  } catch (error) {
    if (!(error instanceof GuestRefusal) && !(error instanceof EndlessFileError)) throw error;
    return { unread: `the capability report cannot be read: ${error.message.replace(/^guest: /, '')}` };
  }
}

/** The report, or what is wrong with it. */
function readReport(text: string | null): RawEvent | string {
  if (text === null) return 'there is no capability report';
  if (text.trim() === '') return 'the capability report is empty';
  try {
    const value = parseAgentJson(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as RawEvent;
    return 'the capability report is not a JSON object';
  } catch (error) {
    return `the capability report is not JSON: ${(error as Error).message}`;
  }
}
