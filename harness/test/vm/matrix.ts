// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach } from 'vitest';
import type { KernelReport, ObjectReport, ProgramReport, RunReport } from '../../model/report.js';
import { readRunJson } from '../../results/run-json.js';

/** One finished command line. */
export interface Finished {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** Report folder. */
  readonly out: string;
  /** The most that the program itself had in memory, as far as looking every 50 ms shows; QEMU is not counted. */
  readonly peakMiB: number;
}

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

/** What was run since the last test ended. */
let lately: { readonly args: readonly string[]; readonly finished: Finished }[] = [];
afterEach(async ({ task }) => {
  const runs = lately;
  lately = [];
  if (task.result?.state !== 'fail') return;
  for (const { args, finished } of runs) console.error(await story(args, finished));
  // What comes last in a log is what is kept of it: the verdicts stand beside the assertion, too.
  const [first] = task.result.errors ?? [];
  if (first !== undefined)
    first.message = [first.message, ...runs.map(({ args, finished }) => ending(args, finished))].join('\n');
});

/** The last words of a command. */
function ending(args: readonly string[], { exitCode, stdout, stderr }: Finished): string {
  const words = [stdout, stderr].map((text) => text.trimEnd().split('\n').slice(-25).join('\n'));
  return [title(args, exitCode), ...words].join('\n');
}

const title = (args: readonly string[], exitCode: number | undefined): string =>
  `--- bpf-matrix ${args.join(' ')}: exit ${exitCode}`;

/** A failure on a machine that nobody can ask again: what the command said, and the ends of the consoles. */
async function story(args: readonly string[], { exitCode, stdout, stderr, out }: Finished): Promise<string> {
  const files = await readdir(out, { recursive: true }).catch(() => []);
  const consoles = await Promise.all(
    files
      .filter((path) => path.endsWith('console.log'))
      .map(async (path) => `--- ${path}\n${(await readFile(join(out, path), 'utf8')).slice(-3000)}`),
  );
  const said = [stdout.slice(-6000), stderr.slice(-3000)];
  return [title(args, exitCode), ...said, ...consoles].join('\n');
}

/** A report folder that goes when the tests of the file have ended. */
export async function temporaryOut(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'matrix-test-'));
  folders.push(folder);
  return join(folder, 'report');
}

/** Runs bpf-matrix as a user does. `into`: its report folder, one of its own without. */
export async function matrix(
  args: readonly string[],
  env: Record<string, string> = {},
  into?: string,
): Promise<Finished> {
  const out = into ?? (await temporaryOut());
  // What comes after -- belongs to another program.
  const end = args.includes('--') ? args.indexOf('--') : args.length;
  const running = execa('node', ['dist/harness/cli/main.js', ...args.toSpliced(end, 0, '--out', out)], {
    reject: false,
    env: { NO_COLOR: '1', ...env },
  });
  let peakMiB = 0;
  const looking = setInterval(() => (peakMiB = Math.max(peakMiB, peakOf(running.pid))), 50);
  const result = await running;
  clearInterval(looking);
  const finished = { exitCode: result.exitCode, stdout: result.stdout, stderr: result.stderr, out, peakMiB };
  lately.push({ args, finished });
  return finished;
}

/** 0 for a process that is not there any more. */
function peakOf(pid: number | undefined): number {
  try {
    const [, kib = '0'] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib) / 1024;
  } catch {
    return 0;
  }
}

export const variant = (name: string): string => `build/variants/${name}.bpf.o`;
export const reportOf = ({ out }: Finished): Promise<RunReport> => readRunJson(join(out, 'run.json'));
export const textOf = ({ out }: Finished, path: string): Promise<string> => readFile(join(out, path), 'utf8');

export function kernelOf(report: RunReport, id: string): KernelReport {
  const kernel = report.kernels.find((candidate) => candidate.id === id);
  if (kernel === undefined) throw new Error(`no kernel ${id} in the report`);
  return kernel;
}

export function objectOf(kernel: KernelReport, name: string): ObjectReport {
  const objects = kernel.status === 'unavailable' ? [] : kernel.objects;
  const object = objects.find((candidate) => candidate.object === name);
  if (object === undefined)
    throw new Error(`no object ${name} on ${kernel.id}: ${JSON.stringify(kernel).slice(0, 2000)}`);
  return object;
}

export function programOf(object: ObjectReport, name: string): ProgramReport {
  const program = object.programs.find((candidate) => candidate.name === name);
  if (program === undefined) throw new Error(`no program ${name} in ${object.object}`);
  return program;
}
