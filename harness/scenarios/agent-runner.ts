// SPDX-License-Identifier: Apache-2.0
import { expandPlaceholders } from '../config/placeholders.js';
import type { StartRequest } from '../contracts/proof.js';
import { getTextIfThere, putFile, removeFile } from '../guest/files.js';
import { runInGuest, spawnInGuest, waitForProcess } from '../guest/process.js';
import type { ComingUp } from '../model/scenario-evidence.js';
import { endedComingUp, lastOutputLines, wholeOutputLines } from './process-end.js';
import { type AgentInGuest, Started, type StartFiles } from './started.js';

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
    if (request.policy !== null) await putFile(guest, files.policy, request.policy, 0o644);
    await this.#removeReport();
    for (const argv of agent.prepare) {
      const failed = await this.#prepare(nonEmpty(expandPlaceholders(argv, values)), env);
      if (failed !== null) return new Started(this.of, files, null, failed);
    }
    const argv = nonEmpty(expandPlaceholders([...agent.run, ...(request.more ?? [])], values));
    const pid = await spawnInGuest(guest, { argv, env, stdout: files.stdout, stderr: files.stderr });
    return this.#comeUp(pid, files);
  }

  /** What an earlier start has reported must not speak for this one. */
  async #removeReport(): Promise<void> {
    const { guest, agent } = this.of;
    if (agent.report !== null && (await getTextIfThere(guest, agent.report)) !== null) {
      await removeFile(guest, agent.report);
    }
  }

  async #comeUp(pid: number, files: StartFiles): Promise<Started> {
    const { guest, agent } = this.of;
    const { stream, pattern } = agent.ready;
    const deadline = agent.deadlines.ready;
    let output = '';
    for (const until = guest.clock() + deadline; guest.clock() < until;) {
      const left = Math.max(0, Math.ceil(until - guest.clock()));
      const grown = { path: files[stream], size: Buffer.byteLength(output) };
      const end = await waitForProcess(guest, pid, Math.min(pollInterval, left), grown);
      output = (await getTextIfThere(guest, files[stream])) ?? '';
      if (end.kind !== 'running') {
        const stderr = lastOutputLines((await getTextIfThere(guest, files.stderr)) ?? '');
        return new Started(this.of, files, null, endedComingUp(end, stderr));
      }
      if (wholeOutputLines(output).some((line) => pattern.test(line))) return this.#announced(pid, files);
    }
    return new Started(this.of, files, pid, { kind: 'silent', ms: deadline });
  }

  async #announced(pid: number, files: StartFiles): Promise<Started> {
    const started = new Started(this.of, files, pid, { kind: 'announced' });
    const { announced } = await started.claim();
    const exit = announced === null ? undefined : this.of.contract.states[announced]?.exit;
    // It has announced that it will not stay.
    if (typeof exit === 'number') await started.giveUp();
    return started;
  }

  async #prepare(argv: readonly [string, ...string[]], env: Record<string, string>): Promise<ComingUp | null> {
    const { end, stderr } = await runInGuest(this.of.guest, { argv, env, timeout: prepareTimeout });
    if (end.kind === 'exited' && end.status === 0) return null;
    return endedComingUp(end, [`prepare: ${argv.join(' ')}`, ...lastOutputLines(stderr.toString())]);
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
