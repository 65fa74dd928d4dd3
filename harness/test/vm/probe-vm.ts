// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import type { Guest } from '../../guest/client.js';
import { putFile } from '../../guest/files.js';
import { loadModule } from '../../guest/modules.js';
import { runInGuest, type RunResult } from '../../guest/process.js';
import { openGuest } from './open-guest.js';

export const attemptPath = '/probe/attempt';
export const oraclePath = '/probe/oracle';
export const loaderPath = '/probe/ld.so';

/** One answer of `attempt batch`, without its id and process number. */
export type Answer =
  | { readonly kind: 'returned'; readonly errno: number }
  | { readonly kind: 'signalled'; readonly signal: number }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'not-arranged' | 'absent'; readonly detail: string };

/** The arguments of an attempt, its cgroup and its milliseconds. */
export interface Line {
  readonly argv: readonly string[];
  readonly cgroup?: string;
  readonly timeout?: number;
}

/** A guest with the probe in it, and no agent. */
export interface ProbeVm {
  readonly guest: Guest;
  readonly stop: () => Promise<void>;
}

export async function openProbeVm(id: string): Promise<ProbeVm> {
  const { guest, stop } = await openGuest(id);
  try {
    await uploadProbe(guest);
    return { guest, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The programs of the probe, a dynamic loader, and overlay, for what needs it. */
export async function uploadProbe(guest: Guest): Promise<void> {
  for (const name of ['attempt', 'oracle', 'quiet', 'dynamic']) {
    await putFile(guest, `/probe/${name}`, await readFile(`build/probe/${name}`), 0o755);
  }
  await putFile(guest, loaderPath, await readFile('/lib64/ld-linux-x86-64.so.2'), 0o755);
  await loadModule(guest, '/modules/extra/overlay.ko');
}

/** Runs the lines as one batch. Throws when it does not end with status 0. */
export async function runBatch(guest: Guest, lines: readonly Line[]): Promise<readonly Answer[]> {
  const stdin = lines.map(({ argv, cgroup = '-', timeout = 10_000 }, id) =>
    [id, cgroup, timeout, ...argv].join('\t').concat('\n'),
  );
  const result = await runInGuest(guest, { argv: [attemptPath, 'batch'], stdin: stdin.join(''), timeout: 120_000 });
  const text = success(result);
  return text.trimEnd().split('\n').map(withoutNumbers);
}

/** What `oracle snapshot` prints. */
export interface Snapshot {
  readonly lsm: string | null;
  readonly hooks: readonly string[] | null;
  readonly programs: readonly { id: number; name: string; type: string; hook: string | null }[];
  readonly links: readonly { id: number; type: string; programId: number; hook: string | null }[];
  readonly perf: readonly { pid: number; programId: number; tracepoint: string }[];
  readonly config: string | null;
  readonly configs: number;
}

/** Asked from a cgroup that the agent exempts, or from the root. */
export async function snapshotOf(guest: Guest, cgroup?: string): Promise<Snapshot> {
  const where = cgroup === undefined ? {} : { cgroup };
  const result = await runInGuest(guest, { argv: [oraclePath, 'snapshot'], timeout: 20_000, ...where });
  return JSON.parse(success(result)) as Snapshot;
}

export interface KernelLog {
  readonly records: readonly { readonly seq: number; readonly level: number; readonly text: string }[];
  readonly last: number;
}

/** What the kernel has logged after a record; all of it after -1. */
export async function kernelLog(guest: Guest, after: number): Promise<KernelLog> {
  const text = success(await runInGuest(guest, { argv: [oraclePath, 'kmsg', String(after)], timeout: 20_000 }));
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line): unknown => JSON.parse(line));
  const { last } = lines.pop() as { readonly last: number };
  return { records: lines as KernelLog['records'], last };
}

/** What a program printed. Throws with its stderr when it did not end with status 0. */
function success({ end, stdout, stderr }: RunResult): string {
  if (end.kind !== 'exited' || end.status !== 0) throw new Error(`${JSON.stringify(end)}: ${stderr.toString()}`);
  return stdout.toString();
}

function withoutNumbers(text: string, index: number): Answer {
  const { id, pid, ...answer } = JSON.parse(text) as Answer & { readonly id: number; readonly pid: number };
  if (id !== index || pid <= 1) throw new Error(`answer ${index}: ${text}`);
  return answer;
}
