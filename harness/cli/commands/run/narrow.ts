// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { ObjectFile } from '../../../config/objects.js';
import { parseOnly } from '../../../config/only.js';
import { checkClasses } from '../../../model/check.js';
import { UsageError } from '../../../model/errors.js';
import { junitName } from '../../../model/junit.js';
import type { KernelId } from '../../../model/kernel.js';
import { type LastFailed, type LastRun, lastRunOf } from '../../../plan/last-failed.js';
import { lastRunOfJunit } from '../../../plan/last-failed-junit.js';
import { readJunit } from '../../../results/junit-read.js';
import { readInside } from '../../../results/read-inside.js';
import { readRunJson, runJsonName } from '../../../results/run-json.js';
import { isShardFolder } from '../../../results/shard-blob.js';
import type { RunFlags } from './flags.js';

/** A command line that names less than it did. */
export interface Narrowed {
  readonly flags: RunFlags;
  /** Of the kernels that flags name, those that are run; null takes all of them. */
  readonly kernels: ReadonlySet<KernelId> | null;
  /** Files of the objects that are loaded; null takes all of them. */
  readonly objects: ReadonlySet<string> | null;
  readonly notices: readonly string[];
}

/**
 * `--last-failed`: what this command line names, and failed in the last report. What it does not name is as in the
 * report. @throws UsageError where nothing failed, or nothing that is named here.
 */
export async function narrowed(flags: RunFlags): Promise<Narrowed> {
  if (flags.lastFailed !== true) return { flags, kernels: null, objects: null, notices: [] };
  if (await isShardFolder(flags.out)) {
    throw new UsageError({
      message: `--last-failed: ${flags.out} is the report of one shard, which knows nothing of the others`,
      next: 'merge them, and name the merged report with --out',
    });
  }
  const { path, run } = await readLastRun(flags.out);
  const { failed } = run;
  if (run.isCommand) {
    throw new UsageError({
      message: `--last-failed: ${path} is a report of \`command\``,
      next: 'name the report folder of a run with --out',
    });
  }
  if (failed === null) throw nothingFailed(path, run);
  const { kernel, kernelImage } = flags;
  const words = onlyWords(flags, run, failed);
  return {
    flags: {
      ...flags,
      ...(kernel === undefined && kernelImage === undefined ? { kernel: failed.kernels } : {}),
      ...(words === null ? {} : { only: words }),
      ...programsOf(flags, words, failed),
    },
    kernels: new Set(failed.kernels),
    objects: new Set(failed.objects),
    notices: [noticeOf(path, run, failed), ...leftOut(failed)],
  };
}

interface NamedRun {
  readonly path: string;
  readonly run: LastRun;
}

/** `run.json` of a report folder; of a folder that has only `junit.xml`, as CI systems keep it, that. */
async function readLastRun(out: string): Promise<NamedRun> {
  const path = join(out, runJsonName);
  try {
    return { path, run: lastRunOf(await readRunJson(path)) };
  } catch (error) {
    const kept = await junitBeside(out);
    if (kept === null || existsSync(path)) throw error;
    return kept;
  }
}

async function junitBeside(out: string): Promise<NamedRun | null> {
  const path = join(out, junitName);
  const bytes = await readInside(out, junitName);
  return bytes === null ? null : { path, run: lastRunOfJunit(readJunit(bytes.toString('utf8'), path)) };
}

/** With the objects of the last run, unless this command line names some, or they are the one that is configured. */
export function withLastObjects({ flags, objects }: Narrowed, configured: readonly string[]): RunFlags {
  if (objects === null || flags.object !== undefined || flags.clang !== undefined) return flags;
  const known = objects.size > 0 && [...objects].every((object) => configured.includes(object));
  return known ? flags : { ...flags, object: [...objects] };
}

/** Those of the objects that failed. */
export function stillFailing({ objects }: Narrowed, all: readonly ObjectFile[]): readonly ObjectFile[] {
  if (objects === null) return all;
  const kept = all.filter(({ identity }) => objects.has(identity.file));
  if (kept.length > 0) return kept;
  throw new UsageError({
    message: `--last-failed: the report is about ${[...objects].join(', ')}, and this command line about ${all.map(({ identity }) => identity.file).join(', ')}`,
    next: 'name the same objects, or none',
  });
}

function nothingFailed(path: string, { findings }: LastRun): UsageError {
  const [finding] = findings;
  return new UsageError({
    message: `--last-failed: no kernel failed in ${path}${finding === undefined ? '' : `; it failed as a whole: ${finding}`}`,
    next: 'run the matrix without --last-failed',
  });
}

/** Null leaves --only as it is. */
function onlyWords({ only }: RunFlags, { hasAgent }: LastRun, { classes }: LastFailed): readonly string[] | null {
  if (!hasAgent || classes === 'none') return ['load'];
  if (classes === 'all') return null;
  const asked = parseOnly('--only', only);
  const both = checkClasses.filter(
    (name) => classes.has(name) && (asked === 'all' || (asked !== 'none' && asked.has(name))),
  );
  if (both.length > 0) return both;
  throw new UsageError({
    message: `--last-failed: ${[...classes].join(', ')} failed, and --only names none of these`,
    next: 'leave one of the two out',
  });
}

/** An agent loads its object whole; of loading alone the programs that failed are enough. */
function programsOf(
  { program }: RunFlags,
  words: readonly string[] | null,
  { programs }: LastFailed,
): Partial<RunFlags> {
  return program !== undefined || programs === null || words?.includes('load') !== true ? {} : { program: programs };
}

function noticeOf(path: string, { kernels }: LastRun, { kernels: ids, classes }: LastFailed): string {
  const what = classes === 'none' ? 'loading' : classes === 'all' ? 'every class' : [...classes].join(', ');
  return `--last-failed: ${ids.join(', ')} (${ids.length} of ${kernels} kernels), ${what}: what failed in ${path}`;
}

function leftOut({ leftOut: ids }: LastFailed): readonly string[] {
  return ids.length === 0 ? [] : [`--last-failed leaves out what was not run or could not be had: ${ids.join(', ')}`];
}
