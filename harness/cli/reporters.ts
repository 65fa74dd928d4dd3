// SPDX-License-Identifier: Apache-2.0
import { access, constants, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from '../model/errors.js';
import { ExitCode } from '../model/exit-code.js';
import { type ReporterFault, ReporterHub, type ReportKind, type Reports } from '../report/reporter.js';
import { folderReporters, registry } from '../report/registry.js';
import { makeReporters, type Selected, selectReporters } from '../report/select.js';
import { ensureFolder } from '../proc/folders.js';
import type { CliContext } from './context.js';
import { runnerStream } from './workflow-commands.js';
import { cannotWrite, isInside } from './writable.js';

/** Flags that choose reporters. */
export interface ReportingFlags {
  readonly reporter?: readonly string[];
  readonly json?: true;
  readonly debug?: true;
  /** The report folder, where the command has one. */
  readonly out?: string;
}

/**
 * Who reports, checked before anything boots. With --debug plain lines, so that the text in between stays where it is.
 * @throws UsageError for a reporter or a file that cannot be.
 */
export async function chosenReporters(kind: ReportKind, flags: ReportingFlags): Promise<readonly Selected[]> {
  const { reporter: named = [], json, debug } = flags;
  const follower = debug === true ? 'plain' : 'terminal';
  const selected = selectReporters(kind, { named, json: json === true, follower });
  const out = folderReporters[kind].length === 0 ? undefined : flags.out;
  for (const { name, target } of selected) {
    if (target.kind !== 'path') continue;
    const option = `--reporter ${name}=${target.path}`;
    await checkWritable(option, target.path, out);
    if (registry[name].writes !== 'folder') await checkNoFolder(option, target.path);
  }
  return selected;
}

/** On a runner of GitHub a run annotates the lines of the source that it blames, without being asked. */
export function withAnnotations(
  selected: readonly Selected[],
  kind: ReportKind,
  env: CliContext['env'],
): readonly Selected[] {
  const isAsked = selected.some(({ name }) => name === 'annotations');
  if (kind !== 'run' || isAsked || env['GITHUB_ACTIONS'] !== 'true') return selected;
  return [...selected, { name: 'annotations', target: { kind: 'runner' } }];
}

async function checkWritable(option: string, path: string, out: string | undefined): Promise<void> {
  if (out !== undefined && isInside(path, out)) {
    throw new UsageError({
      message: `${option}: the report folder is replaced as a whole when the run has ended`,
      next: 'name a file outside of --out; the folder has its own anyway',
    });
  }
  try {
    await ensureFolder(dirname(path));
    await access(dirname(path), constants.W_OK);
  } catch (cause) {
    throw cannotWrite(`${option} cannot be written`, 'name another file', cause);
  }
}

async function checkNoFolder(option: string, path: string): Promise<void> {
  const found = await stat(path).catch(() => null);
  if (found?.isDirectory() === true) throw new UsageError({ message: `${option} is a folder`, next: 'name a file' });
}

/** Reports what has been made without a run: a benchmark, a self-test. Faults are printed, and end it with 3 at best. */
export async function reportWithoutRun<K extends 'benchmark' | 'selftest'>(
  kind: K,
  report: Reports[K],
  selected: readonly Selected[],
  { stdout, stderr, env }: CliContext,
): Promise<ExitCode> {
  const places = { stdout, stderr, runner: runnerStream(stderr), env, cwd: process.cwd(), folder: '.', staging: null };
  const { files, live } = makeReporters(kind, selected, places);
  const hub = new ReporterHub([...files, ...live]);
  await hub.onEnd(report);
  hub.close();
  printReporterFaults(hub.faults, stderr);
  return hub.faults.length === 0 ? ExitCode.ok : ExitCode.incomplete;
}

/** For faults that come too late for any report. */
export function printReporterFaults(faults: readonly ReporterFault[], stderr: NodeJS.WriteStream): void {
  for (const { message } of faults) stderr.write(`error: ${message}\n`);
}
