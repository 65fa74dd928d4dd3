// SPDX-License-Identifier: Apache-2.0
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InfraError, MatrixError, UsageError } from '../model/errors.js';
import { ensureFolder } from '../proc/folders.js';
import { putReportBack, siblingFolderName, sweepSiblings } from './partials.js';
import { nullIfAbsent, assertReplaceable, realReportFolder } from './replaceable.js';

/** A report folder being made. Everything, live console logs too, is written into `staging`. */
export interface OutDir {
  /** Where the report will be. Absolute. */
  readonly place: string;
  /** Where it is written: a sibling, so that one rename puts it in place and open files stay open. Absolute. */
  readonly staging: string;
  /**
   * Puts the staged folder in place of the old report; once. Throws InfraError (HARNESS) when that fails, with the old
   * report back in its place, and UsageError when something that is not ours appeared there meanwhile.
   */
  commit(): Promise<void>;
  /** Removes the staged folder; nothing after a commit. May be called at any time, any number of times. */
  discard(): Promise<void>;
}

/** How often a commit makes way for another run that commits to the same place at the same moment. */
const attempts = 100;

/**
 * Opens `dir` for a new report. The old one stays readable and untouched until `commit`. Throws UsageError (exit 2) for
 * a folder that is not ours to replace or whose parent cannot be written, InfraError (exit 3) when the disk is full.
 */
export async function openOutDir(dir: string): Promise<OutDir> {
  const { place, staging } = await makeStaging(dir);
  let committed = false;
  return {
    place,
    staging,
    commit: async () => {
      await assertReplaceable(place);
      await swap(staging, place);
      committed = true;
    },
    discard: async () => {
      if (!committed) await rm(staging, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
    },
  };
}

async function makeStaging(dir: string): Promise<Pick<OutDir, 'place' | 'staging'>> {
  try {
    const place = await realReportFolder(dir);
    await assertReplaceable(place);
    await ensureFolder(dirname(place));
    await sweepSiblings(place);
    const staging = await siblingFolderName(place, 'partial');
    await mkdir(staging);
    return { place, staging };
  } catch (cause) {
    throw cause instanceof MatrixError ? cause : cannotWrite(dir, cause);
  }
}

/**
 * POSIX has no exchange of two folders, so the old report is moved aside first. Between the two renames there is no
 * report; a run that dies there leaves the `.old` one for the next run to put back. The last of two runs wins whole.
 */
async function swap(staging: string, place: string): Promise<void> {
  const asides: string[] = [];
  try {
    for (let attempt = 0; !(await moveIn(staging, place)); attempt++) {
      if (attempt === attempts) throw new Error('other runs keep replacing it');
      const aside = await siblingFolderName(place, 'old');
      if ((await rename(place, aside).catch(nullIfAbsent)) !== null) asides.push(aside);
    }
  } catch (cause) {
    const last = asides.pop();
    if (last !== undefined && !(await putReportBack(last, place))) asides.push(last);
    throw new InfraError('HARNESS', {
      message: `${place}: the new report cannot be put in place: ${reasonOf(cause)}`,
      next: 'the old report, if there was one, is untouched; name another folder with --out',
      cause,
    });
  }
  // What stays behind when this fails is swept by the next run; the report itself is complete.
  await Promise.all(asides.map((aside) => rm(aside, { recursive: true, force: true }).catch(() => undefined)));
}

/** False when another folder is in the way. An empty one is not: rename(2) replaces it. */
async function moveIn(staging: string, place: string): Promise<boolean> {
  try {
    await rename(staging, place);
    return true;
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOTEMPTY' || code === 'EEXIST') return false;
    throw error;
  }
}

function cannotWrite(dir: string, cause: unknown): Error {
  const code = (cause as NodeJS.ErrnoException).code;
  const message = `${dir}: no report can be written there: ${reasonOf(cause)}`;
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EIO') {
    return new InfraError('HARNESS', { message, next: 'make room on that disk, or name another folder', cause });
  }
  return new UsageError({ message, next: 'name a folder you may write with --out', cause });
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
