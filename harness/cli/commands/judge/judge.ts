// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { UsageError } from '../../../model/errors.js';
import type { ExitCode } from '../../../model/exit-code.js';
import type { KernelId } from '../../../model/kernel.js';
import type { KernelReport } from '../../../model/report.js';
import { readEvidence } from '../../../results/evidence-store.js';
import { keptFolders } from '../../../results/paths.js';
import { nullIfAbsent } from '../../../results/replaceable.js';
import { isShardFolder } from '../../../results/shard-blob.js';
import { readRunFrame, type RunFrame } from '../../../results/run-frame.js';
import { judgeResults } from '../../../verdict/judge-results.js';
import { withFlakes } from '../../../verdict/flakes.js';
import { judgeRun } from '../../../verdict/judge-run.js';
import type { CliContext } from '../../context.js';
import { detailOf } from '../../common-flags.js';
import { withReportFolder } from '../../report-folder.js';
import { chosenReporters } from '../../reporters.js';
import { concludeRun, openReporting, ownConclusion } from '../../run-command.js';
import { baselineTask } from '../run/baseline.js';
import type { JudgeFlags } from './flags.js';

/** `judge`: a stored run once more, from evidence to exit code; nothing boots. */
export async function runJudgeCommand(dir: string, flags: JudgeFlags, cli: CliContext): Promise<ExitCode> {
  const place = flags.out ?? dir;
  return withReportFolder(place, async (open, disposal) => {
    const selected = await chosenReporters('run', { ...flags, out: place });
    const frame = await judgeable(dir);
    const kernels: KernelReport[] = [];
    for (const id of frame.kernels) kernels.push(await judgeStored(dir, id, frame));
    const out = await open();
    await copyKept(dir, out.staging);
    const reporting = openReporting(ownConclusion, selected, { cli, out, disposal, detail: detailOf(flags) });
    const task = frame.baseline === null ? undefined : baselineTask(frame.baseline);
    return concludeRun(withFlakes(judgeRun(frame, kernels), frame.flakes ?? []), task, reporting);
  });
}

/** A comparison or a search is judged by more than each kernel's answers. */
async function judgeable(dir: string): Promise<RunFrame> {
  if (await isShardFolder(dir)) {
    throw new UsageError({
      message: `${dir} holds one shard of a run, which is judged as a whole`,
      next: 'merge all of them: merge DIR...',
    });
  }
  const frame = await readRunFrame(dir);
  if (frame.command === 'run' || frame.command === 'command') return frame;
  throw new UsageError({
    message: `${dir} holds what \`${frame.command}\` found, which judge cannot pass a verdict on`,
    next: `run ${frame.command} again; judge reads reports of run and command`,
  });
}

async function judgeStored(dir: string, id: KernelId, { expectations }: RunFrame): Promise<KernelReport> {
  const results = await readEvidence(dir, id);
  try {
    return judgeResults(results, expectations.entries);
  } catch (cause) {
    throw new UsageError({
      message: `${dir}: the evidence of ${id} is not what a run writes: ${(cause as Error).message}`,
      next: 'it was edited, or written by another version; run the matrix again',
      cause,
    });
  }
}

/** Logs and evidence are the run's; reports are made anew. */
async function copyKept(dir: string, staging: string): Promise<void> {
  await mkdir(staging, { recursive: true });
  for (const name of keptFolders) {
    await cp(join(dir, name), join(staging, name), { recursive: true }).catch(nullIfAbsent);
  }
}
