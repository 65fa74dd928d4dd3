// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { defaultLsm } from '../../boot/cmdline.js';
import type { Machine } from '../../boot/machine.js';
import type { Guest } from '../../guest/client.js';
import { getFile, getTextIfThere, putFile } from '../../guest/files.js';
import { type ProcessEnd, runInGuest, sendSignal, spawnInGuest, waitForProcess } from '../../guest/process.js';
import { type AgentEvent, decodeEvents } from '../../contracts/aegis/events.js';
import { countAgent } from './count-agent.js';
import { openGuest } from './open-guest.js';

const agentPath = '/aegis/aegis-agent';
const attemptPath = '/aegis/attempt';
const oraclePath = '/aegis/oracle';
const reportPath = '/aegis/capabilities.json';
const eventsPath = '/aegis/events.jsonl';
const policyPath = '/aegis/policy';

/** The capability report, as far as the tests read it. */
export interface Capabilities {
  readonly schema_version: number;
  readonly capability: string;
  readonly audit_only: boolean;
  readonly enforce_capable: boolean;
  readonly enforce_blockers: readonly string[];
  readonly runtime_state: string;
  readonly lsm_enabled: boolean;
  readonly pid: number;
  readonly hooks: Readonly<Record<string, string>>;
  readonly tracepoints: Readonly<Record<string, string>>;
  readonly requirements_met: Readonly<Record<string, boolean>>;
  readonly policy: { readonly applied: boolean; readonly rules: number };
  readonly error: string | null;
}

/** What one operation came to: the errno it ended with, or the signal that ended its process. */
export type Attempted = { readonly errno: number } | { readonly signal: number };

export interface StartOptions {
  readonly policy?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A guest with the agent's files in it. */
export class AgentVm {
  #agent: number | null = null;

  constructor(
    readonly guest: Guest,
    readonly machine: Machine,
    readonly stop: () => Promise<void>,
  ) {}

  /** Starts the agent, waits until it has announced a state, and gives its report. Throws with its stderr if it ends. */
  async start(flags: readonly string[], options: StartOptions = {}): Promise<Capabilities> {
    const { argv, env } = await this.#prepare(flags, options);
    this.#agent = await spawnInGuest(this.guest, { argv, env, stdout: eventsPath, stderr: '/aegis/stderr' });
    for (const end = Date.now() + 60_000; Date.now() < end;) {
      if ((await this.events()).some(({ type }) => type === 'state_change')) return this.report();
      const state = await waitForProcess(this.guest, this.#agent, 50);
      if (state.kind !== 'running')
        throw new Error(`the agent ended: ${JSON.stringify(state)}, ${await this.#stderr()}`);
    }
    throw new Error(`no state announced: ${await this.#stderr()}`);
  }

  /** Runs the agent that is expected to give up. */
  async startInVain(
    flags: readonly string[],
    options: StartOptions & { readonly uid?: number; readonly uncapped?: boolean } = {},
  ): Promise<{ readonly end: ProcessEnd; readonly report: Capabilities; readonly events: readonly AgentEvent[] }> {
    const { argv, env } = await this.#prepare(flags, options);
    const { uid, uncapped = false } = options;
    const result = await runInGuest(this.guest, {
      argv: uncapped ? [attemptPath, 'uncapped', ...argv] : argv,
      env,
      timeout: 60_000,
      ...(uid === undefined ? {} : { uid }),
    });
    const where = options.env?.['AEGIS_CAPABILITIES_REPORT_PATH'] ?? reportPath;
    const report = JSON.parse((await getFile(this.guest, where)).toString()) as Capabilities;
    return { end: result.end, report, events: decodeEvents(result.stdout.toString()) };
  }

  /** A second agent while one runs, with the same report path; gives how it ended. */
  async startBeside(flags: readonly string[], more: Readonly<Record<string, string>> = {}): Promise<ProcessEnd> {
    const env = { AEGIS_CAPABILITIES_REPORT_PATH: reportPath, ...more };
    return (await runInGuest(this.guest, { argv: [agentPath, 'run', ...flags], env, timeout: 60_000 })).end;
  }

  async #prepare(
    flags: readonly string[],
    { policy, env = {} }: StartOptions,
  ): Promise<{ argv: [string, ...string[]]; env: Record<string, string> }> {
    countAgent();
    // A test that failed in the middle has left one behind.
    if (this.#agent !== null) await this.kill();
    await putFile(this.guest, eventsPath, '');
    await putFile(this.guest, reportPath, '{}', 0o666);
    if (policy !== undefined) await putFile(this.guest, policyPath, policy, 0o644);
    return {
      argv: [agentPath, 'run', ...flags, ...(policy === undefined ? [] : ['--policy', policyPath])],
      env: { AEGIS_CAPABILITIES_REPORT_PATH: reportPath, ...env },
    };
  }

  async #stderr(): Promise<string> {
    return (await getTextIfThere(this.guest, '/aegis/stderr')) ?? '(no stderr)';
  }

  async report(): Promise<Capabilities> {
    return JSON.parse((await getFile(this.guest, reportPath)).toString()) as Capabilities;
  }

  /** Every event of the agent so far. */
  async events(): Promise<readonly AgentEvent[]> {
    const text = (await getFile(this.guest, eventsPath)).toString();
    return decodeEvents(text.slice(0, text.lastIndexOf('\n') + 1));
  }

  /** SIGTERM; gives how the agent ended, and all its events. */
  async end(): Promise<{
    readonly end: ProcessEnd | { readonly kind: 'running' };
    readonly events: readonly AgentEvent[];
  }> {
    if (this.#agent === null) throw new Error('no agent is running');
    await sendSignal(this.guest, this.#agent, 15);
    const end = await waitForProcess(this.guest, this.#agent, 10_000);
    this.#agent = null;
    return { end, events: await this.events() };
  }

  /** How the agent ended, which another one has stopped. */
  async ended(): Promise<ProcessEnd | { readonly kind: 'running' }> {
    if (this.#agent === null) throw new Error('no agent is running');
    const end = await waitForProcess(this.guest, this.#agent, 10_000);
    this.#agent = null;
    return end;
  }

  /** SIGHUP: the agent reads its policy again. */
  async hangUp(): Promise<void> {
    if (this.#agent === null) throw new Error('no agent is running');
    await sendSignal(this.guest, this.#agent, 1);
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    if (this.#agent === null) throw new Error('no agent is running');
    await sendSignal(this.guest, this.#agent, 9);
    await waitForProcess(this.guest, this.#agent, 10_000);
    this.#agent = null;
  }

  /** One operation in a fresh process, in the root cgroup or another. */
  async attempt(argv: readonly string[], cgroup?: string): Promise<Attempted> {
    const result = await runInGuest(this.guest, {
      argv: [attemptPath, ...argv],
      timeout: 20_000,
      ...(cgroup === undefined ? {} : { cgroup }),
    });
    if (result.end.kind === 'signalled') return { signal: result.end.signal };
    const text = result.stdout.toString().trim();
    if (result.end.kind !== 'exited' || result.end.status !== 0 || !/^\d+$/.test(text)) {
      throw new Error(`attempt ${argv.join(' ')}: ${JSON.stringify(result.end)} ${text} ${result.stderr.toString()}`);
    }
    return { errno: Number(text) };
  }

  /** Stops or continues the agent, so that what it is to read waits for it. */
  async pause(signo: 19 | 18): Promise<void> {
    if (this.#agent === null) throw new Error('no agent is running');
    await sendSignal(this.guest, this.#agent, signo);
  }

  /** The records of the ring buffer that the agent has not read yet, raw. */
  async rawRecords(): Promise<readonly Buffer[]> {
    const { stdout, stderr, truncated } = await runInGuest(this.guest, {
      argv: [oraclePath, 'records'],
      timeout: 20_000,
    });
    if (truncated || stderr.length > 0) throw new Error(`oracle: ${truncated ? 'cut' : stderr.toString()}`);
    return stdout
      .toString()
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => Buffer.from(line, 'hex'));
  }

  /** The kernel device and inode number of a file, as deny_inode wants them, where stat(2) gives them. */
  async inodeOf(path: string): Promise<string> {
    const { stdout } = await runInGuest(this.guest, { argv: [attemptPath, 'stat', path], timeout: 10_000 });
    return stdout.toString().trim().replace(' ', ':');
  }

  /** A program that prints 0 when it runs without arguments. */
  async copyAttempt(path: string): Promise<void> {
    await putFile(this.guest, path, await readFile('build/probe/attempt'), 0o755);
  }

  async put(path: string, text: string, mode = 0o644): Promise<void> {
    await putFile(this.guest, path, text, mode);
  }
}

/** A guest of a kernel of the catalog with the agent's files in it. */
export async function openAgentVm(id: string, lsm: readonly string[] = defaultLsm): Promise<AgentVm> {
  const { machine, guest, stop } = await openGuest(id, lsm);
  try {
    await upload(guest);
    return new AgentVm(guest, machine, stop);
  } catch (error) {
    await stop();
    throw error;
  }
}

async function upload(guest: Guest): Promise<void> {
  await putFile(guest, agentPath, await readFile('build/agent/aegis-agent'), 0o755);
  await putFile(guest, attemptPath, await readFile('build/probe/attempt'), 0o755);
  await putFile(guest, oraclePath, await readFile('build/probe/oracle'), 0o755);
  await putFile(guest, '/aegis/aegis.bpf.o', await readFile('build/aegis.bpf.o'), 0o644);
}
