// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import type { ObjectFile } from '../../../config/objects.js';
import { parseOnly } from '../../../config/only.js';
import { checkClasses } from '../../../model/check.js';
import { UsageError } from '../../../model/errors.js';
import type { KernelId } from '../../../model/kernel.js';
import type { RunReport } from '../../../model/report.js';
import { type LastFailed, lastFailed } from '../../../plan/last-failed.js';
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
  const path = join(flags.out, runJsonName);
  const report = await readRunJson(path);
  if (report.kernels.some((kernel) => kernel.status !== 'unavailable' && kernel.command !== null)) {
    throw new UsageError({
      message: `--last-failed: ${path} is a report of \`command\``,
      next: 'name the report folder of a run with --out',
    });
  }
  const failed = lastFailed(report);
  if (failed === null) throw nothingFailed(path, report);
  const { kernel, kernelImage } = flags;
  const words = onlyWords(flags, report, failed);
  return {
    flags: {
      ...flags,
      ...(kernel === undefined && kernelImage === undefined ? { kernel: failed.kernels } : {}),
      ...(words === null ? {} : { only: words }),
      ...programsOf(flags, words, failed),
    },
    kernels: new Set(failed.kernels),
    objects: new Set(failed.objects),
    notices: [noticeOf(path, report, failed), ...leftOut(failed)],
  };
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

function nothingFailed(path: string, { findings }: RunReport): UsageError {
  const [finding] = findings;
  return new UsageError({
    message: `--last-failed: no kernel failed in ${path}${finding === undefined ? '' : `; it failed as a whole: ${finding.message}`}`,
    next: 'run the matrix without --last-failed',
  });
}

/** Null leaves --only as it is. */
function onlyWords({ only }: RunFlags, { agent }: RunReport, { classes }: LastFailed): readonly string[] | null {
  if (agent === null || classes === 'none') return ['load'];
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

function noticeOf(path: string, { kernels }: RunReport, { kernels: ids, classes }: LastFailed): string {
  const what = classes === 'none' ? 'loading' : classes === 'all' ? 'every class' : [...classes].join(', ');
  return `--last-failed: ${ids.join(', ')} (${ids.length} of ${kernels.length} kernels), ${what}: what failed in ${path}`;
}

function leftOut({ leftOut: ids }: LastFailed): readonly string[] {
  return ids.length === 0 ? [] : [`--last-failed leaves out what was not run or could not be had: ${ids.join(', ')}`];
}
