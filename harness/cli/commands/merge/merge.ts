// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UsageError } from '../../../model/errors.js';
import type { ExitCode } from '../../../model/exit-code.js';
import type { KernelId } from '../../../model/kernel.js';
import type { KernelReport } from '../../../model/report.js';
import { readEvidence, writeEvidence } from '../../../results/evidence-store.js';
import { consolePath } from '../../../results/paths.js';
import { nullIfAbsent } from '../../../results/replaceable.js';
import { type RunFrame, writeRunFrame } from '../../../results/run-frame.js';
import { readShardTimes, ShardTimes, writeShardTimes } from '../../../results/shard-times.js';
import type { KernelResult } from '../../../results/session.js';
import { factsMachine } from '../../../run/session.js';
import { joinedKernel, type ShardAnswers } from '../../../run/shards/join.js';
import { mergedConditions } from '../../../run/shards/conditions.js';
import { measuredUnits } from '../../../run/shards/measured.js';
import { judgeResults } from '../../../verdict/judge-results.js';
import { judgeRun } from '../../../verdict/judge-run.js';
import { detailOf } from '../../common-flags.js';
import type { CliContext } from '../../context.js';
import { withReportFolder } from '../../report-folder.js';
import { chosenReporters } from '../../reporters.js';
import { concludeRun, openReporting, ownConclusion } from '../../run-command.js';
import { mergedBaseline, runFrameOf } from '../run/baseline.js';
import type { MergeFlags } from './flags.js';
import { allShards, type Shards, type StoredShard } from './shards.js';

/** `merge`: shards of a run as the run that they are; nothing boots. */
export async function runMergeCommand(dirs: readonly string[], flags: MergeFlags, cli: CliContext): Promise<ExitCode> {
  return withReportFolder(flags.out, async (open, disposal) => {
    const selected = await chosenReporters('run', flags);
    const known = await knownTimes(flags.shardTimes);
    const shards = await allShards(dirs);
    const [{ frame }] = shards;
    const task = await mergedBaseline(frame.baseline, flags);
    const joined = await joinedKernels(shards);
    const out = await open();
    for (const shard of shards) await copyLogs(shard, out.staging);
    for (const { id, results } of joined) await writeEvidence(out.staging, id, results);
    const kernels = joined.map(({ report }) => report);
    const notices = joined.flatMap((one) => one.notices);
    const ran = judgeRun(mergedConditions(framesOf(shards), kernels, notices), kernels);
    await writeRunFrame(out.staging, runFrameOf(ran, frame.command, task));
    if (flags.shardTimes !== undefined) {
      const measured = joined.flatMap(({ id, results }) => measuredUnits(id, results[0]));
      await writeShardTimes(flags.shardTimes, known.with(measured));
    }
    const reporting = openReporting(ownConclusion, selected, { cli, out, disposal, detail: detailOf(flags) });
    return concludeRun(ran, task, reporting);
  });
}

/** Of kernels and sessions that this run does not have they stay as they are. */
async function knownTimes(path: string | undefined): Promise<ShardTimes> {
  const isThere = path !== undefined && (await stat(path).catch(nullIfAbsent)) !== null;
  return isThere ? readShardTimes(path) : new ShardTimes();
}

const framesOf = ([first, ...rest]: Shards): readonly [RunFrame, ...RunFrame[]] => [
  first.frame,
  ...rest.map(({ frame }) => frame),
];

interface Joined {
  readonly id: KernelId;
  readonly results: readonly [KernelResult, ...KernelResult[]];
  readonly report: KernelReport;
  readonly notices: readonly string[];
}

async function joinedKernels(shards: Shards): Promise<readonly Joined[]> {
  const [{ blob }] = shards;
  const joined: Joined[] = [];
  for (const id of blob.plan.kernels) joined.push(await joinedOne(id, shards));
  return joined;
}

async function joinedOne(id: KernelId, shards: Shards): Promise<Joined> {
  const [{ blob, frame }] = shards;
  const own = shards.filter((shard) => shard.frame.kernels.includes(id));
  const parts: ShardAnswers[] = [];
  for (const one of own) parts.push({ shard: one.blob.index, results: await readEvidence(one.dir, id) });
  try {
    const { results, notices } = joinedKernel(id, blob.plan, { parts, asked: frame.objects.length });
    return { id, results, notices, report: judgeResults(results, frame.expectations.entries) };
  } catch (cause) {
    throw new UsageError({
      message: `${own.map(({ dir }) => dir).join(', ')}: the evidence of ${id} is not what shards write: ${(cause as Error).message}`,
      next: 'it was edited, or written by another version; run the shards again',
      cause,
    });
  }
}

/** Each machine's files are in the shard that asked it; what was asked for facts alone is no machine of the run. */
async function copyLogs({ dir, blob }: StoredShard, into: string): Promise<void> {
  const left = new Set(blob.plan.kernels.map((id) => consolePath(id, factsMachine)));
  for (const { path } of blob.files) {
    if (path.startsWith('evidence/') || left.has(path.replace(/^repeats\/\d+\//, ''))) continue;
    await mkdir(dirname(join(into, path)), { recursive: true });
    await copyFile(join(dir, path), join(into, path));
  }
}
