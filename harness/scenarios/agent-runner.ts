// SPDX-License-Identifier: Apache-2.0
import { expandPlaceholders } from '../config/placeholders.js';
import type { StartRequest } from '../contracts/proof.js';
import { GuestRefusal } from '../guest/errors.js';
import { getOutputText, grownBeyond, outputInterval, putFile, removeIfThere } from '../guest/files.js';
import { runInGuest, spawnInGuest, waitForProcess } from '../guest/process.js';
import { InfraError } from '../model/errors.js';
import type { ComingUp } from '../model/scenario-evidence.js';
import { boundedLines } from './bounded-lines.js';
import { type AgentPromise, promisesOf } from './agent-promises.js';
import { argvOf, describeEnding, describeProcessEnd, endedComingUp, lastOutputLines } from './process-end.js';
import { type AgentInGuest, type Given, type Prepared, Started, type StartFiles } from './started.js';

const prepareTimeout = 60_000;

/** A policy in the guest, and what made it: null where nothing had to. */
interface WrittenPolicy {
  readonly policy: string | null;
  readonly ran: Prepared | null;
  readonly failed: ComingUp | null;
}

/** Uploads the agent into one guest, and starts it. */
export class AgentRunner {
  #starts = 0;

  constructor(readonly of: AgentInGuest) {}

  /**
   * By which texts the next start will announce this state, and that it is ready: two lines, or one that is both. None where
   * there is no plain text to wait for.
   */
  nextPromises(state: string): readonly AgentPromise[] {
    const files = filesOf(this.of.agent.paths.folder, this.#starts + 1);
    return promisesOf(this.of, state).map(({ stream, ...promise }) => ({ ...promise, file: files[stream] }));
  }

  /** What makes the family of a process one that the agent looks at, put before its command line. */
  get enroll(): readonly string[] {
    const { enroll, paths } = this.of.agent;
    return enroll === null ? [] : expandPlaceholders(enroll, paths);
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
    const prepared: Prepared[] = [];
    const { policy, ran: converted, failed: unwritten } = await this.#writePolicy(files.policy, request.policy);
    if (converted !== null) prepared.push(converted);
    if (unwritten !== null) {
      const given = { argv: null, env, policy, prepared };
      return new Started({ of: this.of, files, given, pid: null, comingUp: unwritten });
    }
    await this.#removeReport();
    for (const words of agent.prepare) {
      const { ran, failed } = await this.#prepare(argvOf(expandPlaceholders(words, values)), env);
      prepared.push(ran);
      const given = { argv: null, env, policy, prepared };
      if (failed !== null) return new Started({ of: this.of, files, given, pid: null, comingUp: failed });
    }
    const argv = argvOf(expandPlaceholders([...agent.run, ...(request.more ?? [])], values));
    const given = { argv, env, policy, prepared };
    try {
      const pid = await spawnInGuest(guest, { argv, env, stdout: files.stdout, stderr: files.stderr });
      return await this.#comeUp(pid, files, given);
    } catch (error) {
      if (!isNoProgram(error)) throw error;
      return new Started({ of: this.of, files, given, pid: null, comingUp: cannotStart(error) });
    }
  }

  /** A new policy for a running agent, as it wants it written. */
  async replacePolicy(path: string, policy: string): Promise<void> {
    const { failed } = await this.#writePolicy(path, policy);
    if (failed !== null) throw commandFailed(failed);
  }

  /** Writes the contract's policy, or what the command of the dialect makes of it. */
  async #writePolicy(path: string, policy: string | null): Promise<WrittenPolicy> {
    const { guest, agent, contract } = this.of;
    if (policy === null) return { policy, ran: null, failed: null };
    const writing = agent.dialect?.policy.writing;
    if (writing?.kind !== 'command' || policy === contract.policy?.malformed) {
      await putFile(guest, path, policy, 0o644);
      return { policy, ran: null, failed: null };
    }
    const { argv } = writing;
    const { end, ...output } = await runInGuest(guest, { argv, stdin: policy, timeout: prepareTimeout });
    const [stdout, stderr] = [output.stdout.toString(), output.stderr.toString()];
    const ran = { argv, end: describeProcessEnd(end), stdout, stderr };
    if (end.kind !== 'exited' || end.status !== 0 || output.truncated) {
      const lines = ['dialect.policy.command did not write the policy', ...lastOutputLines(stderr)];
      return { policy, ran, failed: endedComingUp(end, lines) };
    }
    await putFile(guest, path, output.stdout, 0o644);
    return { policy: stdout, ran, failed: null };
  }

  /** What an earlier start has reported must not speak for this one. */
  async #removeReport(): Promise<void> {
    const { guest, agent } = this.of;
    if (agent.report !== null) await removeIfThere(guest, agent.report);
  }

  async #comeUp(pid: number, files: StartFiles, given: Given): Promise<Started> {
    const { guest, agent } = this.of;
    const { stream, pattern } = agent.ready;
    const deadline = agent.deadlines.ready;
    const common = { of: this.of, files, given };
    let output = '';
    for (const until = guest.clock() + deadline; guest.clock() < until;) {
      const left = Math.max(0, Math.ceil(until - guest.clock()));
      const end = await waitForProcess(guest, pid, Math.min(outputInterval, left), grownBeyond(files[stream], output));
      output = await getOutputText(guest, files[stream]);
      if (end.kind !== 'running') {
        const stderr = lastOutputLines(await getOutputText(guest, files.stderr));
        return new Started({ ...common, pid: null, comingUp: endedComingUp(end, stderr) });
      }
      if (boundedLines(output).some((line) => pattern.test(line))) {
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
    // Without a report an argument that names it is left out.
    return {
      ...agent.paths,
      policy,
      report: agent.report ?? '',
      ...(Object.fromEntries(spelled) as Record<string, string>),
    };
  }
}

function commandFailed(failed: ComingUp): InfraError {
  const how = failed.kind === 'ended' ? describeEnding(failed) : failed.kind;
  return new InfraError('HARNESS', {
    message: `scenarios: a policy for a running agent could not be written: ${how}`,
    next: 'run the command of agent.dialect.policy by hand with a policy of docs/contract.md on its stdin',
  });
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

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (value: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
