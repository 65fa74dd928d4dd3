// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunReport } from '../model/report.js';
import { readRunJson, runJsonName } from '../results/run-json.js';
import { type Ends, type InjectedFault, type FaultKind, unharmed } from './fault.js';
import { type Aftermath, type Usual, wrongOf } from './judge.js';
import { type Lab, openLab } from './lab.js';
import { nameOfProcess, processesOf } from './process-table.js';
import { type Ended, signalIfThere } from './running.js';

/** What became of one fault. */
export interface Trial {
  readonly number: number;
  readonly kind: string;
  readonly what: string;
  /** Nothing when it is right. */
  readonly wrong: readonly string[];
  /** Seconds, its second run included. */
  readonly seconds: number;
  /** MiB that the harness took at most. */
  readonly mebibytes: number;
}

/** Milliseconds in which a process that was left may still go. */
const grace = 3000;

/** Injects the fault, then runs once more as if nothing had been. */
export async function tryFault(
  kind: FaultKind,
  fault: InjectedFault,
  { base, number, usual }: { readonly base: string; readonly number: number; readonly usual: Usual },
): Promise<Trial> {
  const from = performance.now();
  const lab = await openLab(base, number);
  try {
    const ended = await fault.inject(lab);
    const first = await wrongAfter(lab, ended, fault.ends, usual);
    await fault.undo?.(lab);
    const again = await lab.start().ended;
    const second = await wrongAfter(lab, again, unharmed, usual);
    return {
      number,
      kind: kind.name,
      what: fault.what,
      wrong: [...first, ...second.map((one) => `in the run after it: ${one}`)],
      seconds: Math.round((performance.now() - from) / 100) / 10,
      mebibytes: Math.round(Math.max(ended.peak, again.peak) / 1024),
    };
  } finally {
    for (const pid of processesOf(lab.mark)) signalIfThere(pid, 'SIGKILL');
    await rm(lab.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

async function wrongAfter(lab: Lab, ended: Ended, ends: Ends, usual: Usual): Promise<readonly string[]> {
  const processes = await strayProcesses(lab.mark);
  const after: Aftermath = { ended, report: await reportIn(lab.out), processes, files: await strayFiles(lab) };
  const wrong = wrongOf(after, ends, usual);
  if (wrong.length === 0) return [];
  const all = `${ended.stdout}\n${ended.stderr}`.trim().split('\n');
  const lines = [...all.filter((line) => /BROKEN|FAIL/.test(line)).slice(0, 4), ...all.slice(-4)];
  return [...wrong, ...lines.map((line) => `| ${line.slice(0, 300)}`)];
}

async function strayProcesses(mark: string): Promise<readonly string[]> {
  const until = performance.now() + grace;
  while (processesOf(mark).length > 0 && performance.now() < until) await sleep(50);
  return processesOf(mark).map(nameOfProcess);
}

async function strayFiles({ temporary, reports, out }: Lab): Promise<readonly string[]> {
  const inFolder = async (folder: string): Promise<readonly string[]> =>
    (await readdir(folder).catch(() => [])).map((name) => join(basename(folder), name));
  const beside = (await inFolder(reports)).filter((name) => basename(name) !== basename(out));
  return [...(await inFolder(temporary)), ...beside];
}

async function reportIn(out: string): Promise<RunReport | string | null> {
  const path = join(out, runJsonName);
  if (!existsSync(path)) return null;
  return readRunJson(path).catch((error: unknown) => (error as Error).message);
}

/** What a run with no fault says, which a pass is held against. */
export async function usualOf(base: string): Promise<Usual> {
  const lab = await openLab(base, 0);
  try {
    const ended = await lab.start().ended;
    const report = await reportIn(lab.out);
    if (ended.code !== 0 || report === null || typeof report === 'string') throw new Error(ended.stderr);
    const [kernel] = report.kernels;
    if (kernel?.status !== 'ran') throw new Error('the kernel was not run');
    return {
      imageSha256: kernel.identity.imageSha256,
      programs: kernel.objects.flatMap(({ programs }) => programs).length,
    };
  } finally {
    await rm(lab.folder, { recursive: true, force: true });
  }
}
