// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../proc/run.js';
import { type SoakCommand, type Outlet, type Running, startCommand } from './running.js';

/** The kernel and the object of nearly every run: the quickest proof that a run is right. */
export const soakKernel = '6.12';
export const soakObject = 'build/variants/healthy.bpf.o';

const kept: Outlet = { kind: 'kept' };

/** Milliseconds for a run from a frozen guest or a cold boot, on a busy host. */
const usualDeadline = 90_000;

export interface RunSettings {
  /** In place of loading the object on the kernel. */
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** What becomes the run: `prlimit --nofile=24`. */
  readonly through?: readonly string[];
  readonly stdout?: Outlet;
  readonly stderr?: Outlet;
  readonly deadline?: number;
}

/** Folders of one fault, which nobody else has: a cache, temporary files, a report. */
export interface Lab {
  readonly folder: string;
  /** XDG_CACHE_HOME. */
  readonly home: string;
  /** The cache itself. */
  readonly cache: string;
  /** TMPDIR. */
  readonly temporary: string;
  /** Folder of the report folder, with nothing else in it. */
  readonly reports: string;
  readonly out: string;
  readonly mark: string;
  readonly start: (settings?: RunSettings) => Running;
}

/** What a run loads, and how; without the object that is loaded. */
export const loadArgs: readonly string[] = ['--kernel', soakKernel, '--accel', 'tcg', '--only', 'load'];
export const usualArgs: readonly string[] = [...loadArgs, '--object', soakObject];

/** A lab with a cache that holds what a run wants, so that it goes on from a frozen guest. */
export async function openLab(base: string, number: number): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), `bpf-matrix-soak-${number}-`));
  const lab = labIn(folder, `${process.pid}-${number}`);
  await Promise.all([lab.home, lab.temporary, lab.reports].map((path) => mkdir(path, { recursive: true })));
  await copyCache(base, lab.cache);
  return lab;
}

/** Files as links: a run replaces files and writes into none, and `ownCopy` is for those that are damaged. */
async function copyCache(base: string, cache: string): Promise<void> {
  const { exitCode, stderr } = await runProgram('cp', ['-al', base, cache]);
  if (exitCode !== 0) throw new Error(`the cache cannot be copied: ${stderr}`);
}

/** Makes a file of a lab's cache its own, so that it can be damaged. */
export async function ownCopy(path: string): Promise<void> {
  await cp(path, `${path}.own`);
  await rm(path);
  await cp(`${path}.own`, path);
  await rm(`${path}.own`);
}

function labIn(folder: string, mark: string): Lab {
  const [home, temporary, reports] = ['cache', 'tmp', 'reports'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  const out = join(reports, 'report');
  const start = (settings: RunSettings = {}): Running =>
    startCommand(commandOf({ home, temporary, out, mark }, settings));
  return { folder, home, cache: join(home, 'bpf-matrix'), temporary, reports, out, mark, start };
}

function commandOf(
  { home, temporary, out, mark }: Pick<Lab, 'home' | 'temporary' | 'out' | 'mark'>,
  { args, env = {}, through = [], stdout = kept, stderr = kept, deadline = usualDeadline }: RunSettings,
): SoakCommand {
  const own = [...usualArgs, '--out', out];
  const [program, ...rest] = [...through, process.execPath, 'dist/harness/cli/main.js', ...(args ?? own)];
  return {
    argv: [program ?? process.execPath, ...rest],
    env: { XDG_CACHE_HOME: home, TMPDIR: temporary, BPF_MATRIX_FRESH: '1', ...env },
    mark,
    stdout,
    stderr,
    deadline,
  };
}

/** A cache with the kernel, its image and its frozen guest, made by two runs from `from`. */
export async function makeBase(from: string): Promise<{ readonly cache: string; readonly folder: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'bpf-matrix-soak-base-'));
  const lab = labIn(folder, `${process.pid}-base`);
  await Promise.all([lab.cache, lab.temporary, lab.reports].map((path) => mkdir(path, { recursive: true })));
  for (const name of ['kernels', 'keyrings']) {
    await cp(join(from, name), join(lab.cache, name), { recursive: true }).catch(() => undefined);
  }
  for (let run = 0; run < 2; run++) {
    const { code, stdout, stderr } = await lab.start({ deadline: 600_000 }).ended;
    if (code !== 0) throw new Error(`a run with no fault ends with ${String(code)}:\n${stdout}${stderr}`);
  }
  if ((await readdir(join(lab.cache, 'snapshots'))).length === 0) throw new Error('no run has left a frozen guest');
  return { cache: lab.cache, folder };
}
