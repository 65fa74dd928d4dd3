// SPDX-License-Identifier: Apache-2.0
import { expandPlaceholders } from '../config/placeholders.js';
import type { StartRequest } from '../contracts/proof.js';
import { GuestRefusal } from '../guest/errors.js';
import { getTextIfThere, putFile, removeFile } from '../guest/files.js';
import { runInGuest, spawnInGuest, waitForProcess } from '../guest/process.js';
import type { ComingUp } from '../model/scenario-evidence.js';
import { describeProcessEnd, endedComingUp, lastOutputLines, wholeOutputLines } from './process-end.js';
import { type AgentInGuest, type Given, type Prepared, Started, type StartFiles } from './started.js';

/** Milliseconds after which the agent's output is read again. */
const pollInterval = 1000;
const prepareTimeout = 60_000;

/** Uploads the agent into one guest, and starts it. */
export class AgentRunner {
  #starts = 0;

  constructor(readonly of: AgentInGuest) {}

  /** Where the next start will announce this state, and by which text; null when there is no plain text for it. */
  nextPromise(state: string): { readonly file: string; readonly needle: string } | null {
    const { agent, contract } = this.of;
    const needle = contract.events.announcement(state, agent.ready.pattern);
    return needle === null ? null : { file: filesOf(agent.paths.folder, this.#starts + 1)[agent.ready.stream], needle };
  }

  async upload(): Promise<void> {
    for (const { path, bytes, mode } of this.of.agent.uploads) await putFile(this.of.guest, path, bytes, mode);
  }

  /** Starts it and waits until it has announced a state, given up, or kept silent for too long. */
  async start(request: StartRequest): Promise<Started> {
    const { guest, agent } = this.of;
    // Files of their own for each start: two may run at the same time.
    const files = filesOf(agent.paths.folder, ++this.#starts);
    const values = this.#values(request, files.policy);
    const env = { ...mapValues(agent.env, (value) => expandPlaceholders([value], values)[0] ?? ''), ...request.env };
    const { policy } = request;
    if (policy !== null) await putFile(guest, files.policy, policy, 0o644);
    await this.#removeReport();
    const prepared: Prepared[] = [];
    for (const words of agent.prepare) {
      const { ran, failed } = await this.#prepare(nonEmpty(expandPlaceholders(words, values)), env);
      prepared.push(ran);
      const given = { argv: null, env, policy, prepared };
      if (failed !== null) return new Started({ of: this.of, files, given, pid: null, comingUp: failed });
    }
    const argv = nonEmpty(expandPlaceholders([...agent.run, ...(request.more ?? [])], values));
    const given = { argv, env, policy, prepared };
    try {
      const pid = await spawnInGuest(guest, { argv, env, stdout: files.stdout, stderr: files.stderr });
      return await this.#comeUp(pid, files, given);
    } catch (error) {
      if (!isNoProgram(error)) throw error;
      return new Started({ of: this.of, files, given, pid: null, comingUp: cannotStart(error) });
    }
  }

  /** What an earlier start has reported must not speak for this one. */
  async #removeReport(): Promise<void> {
    const { guest, agent } = this.of;
    if (agent.report !== null && (await getTextIfThere(guest, agent.report)) !== null) {
      await removeFile(guest, agent.report);
    }
  }

  async #comeUp(pid: number, files: StartFiles, given: Given): Promise<Started> {
    const { guest, agent } = this.of;
    const { stream, pattern } = agent.ready;
    const deadline = agent.deadlines.ready;
    const common = { of: this.of, files, given };
    let output = '';
    for (const until = guest.clock() + deadline; guest.clock() < until;) {
      const left = Math.max(0, Math.ceil(until - guest.clock()));
      const grown = { path: files[stream], size: Buffer.byteLength(output) };
      const end = await waitForProcess(guest, pid, Math.min(pollInterval, left), grown);
      output = (await getTextIfThere(guest, files[stream])) ?? '';
      if (end.kind !== 'running') {
        const stderr = lastOutputLines((await getTextIfThere(guest, files.stderr)) ?? '');
        return new Started({ ...common, pid: null, comingUp: endedComingUp(end, stderr) });
      }
      if (wholeOutputLines(output).some((line) => pattern.test(line))) {
        return this.#announced(new Started({ ...common, pid, comingUp: { kind: 'announced' } }));
      }
    }
    return new Started({ ...common, pid, comingUp: { kind: 'silent', ms: deadline } });
  }

  async #announced(started: Started): Promise<Started> {
    const { announced } = await started.claim();
    const exit = announced === null ? undefined : this.of.contract.states[announced]?.exit;
    // It has announced that it will not stay.
    if (typeof exit === 'number') await started.giveUp();
    return started;
  }

  async #prepare(
    argv: readonly [string, ...string[]],
    env: Record<string, string>,
  ): Promise<{ readonly ran: Prepared; readonly failed: ComingUp | null }> {
    const { end, ...output } = await runInGuest(this.of.guest, { argv, env, timeout: prepareTimeout });
    const [stdout, stderr] = [output.stdout.toString(), output.stderr.toString()];
    const ran = { argv, end: describeProcessEnd(end), stdout, stderr };
    if (end.kind === 'exited' && end.status === 0) return { ran, failed: null };
    const lines = [`prepare: ${argv.join(' ')}`, ...lastOutputLines(stdout), ...lastOutputLines(stderr)];
    return { ran, failed: endedComingUp(end, lines) };
  }

  /** Values of all placeholders, spelled as this agent wants them. */
  #values({ options }: StartRequest, policy: string): Readonly<Record<string, string>> {
    const { agent, contract } = this.of;
    const spelled = Object.entries(contract.conventions.options).map(([name, option]) => {
      const value = options[name] ?? option.default;
      return [name, agent.spelling[name]?.[value] ?? value];
    });
    const report = agent.report === null ? {} : { report: agent.report };
    return { ...agent.paths, policy, ...report, ...(Object.fromEntries(spelled) as Record<string, string>) };
  }
}

/** ENOENT (also of its interpreter), EACCES, ENOEXEC: the file is not a program that this kernel runs. */
const notAProgram: ReadonlySet<number> = new Set([2, 13, 8]);

function isNoProgram(error: unknown): error is GuestRefusal {
  return error instanceof GuestRefusal && error.operation === 'spawn' && notAProgram.has(error.errno);
}

function cannotStart({ message }: GuestRefusal): ComingUp {
  return { kind: 'ended', end: `it cannot be started: ${message}`, status: null, output: [] };
}

function filesOf(folder: string, start: number): StartFiles {
  const base = `${folder}/start-${start}`;
  return { policy: `${base}.policy`, stdout: `${base}.stdout`, stderr: `${base}.stderr` };
}

function nonEmpty(argv: readonly string[]): [string, ...string[]] {
  const [first, ...rest] = argv;
  if (first === undefined) throw new Error('a command without a program');
  return [first, ...rest];
}

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
