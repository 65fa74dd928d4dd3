// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../model/errors.js';
import type { ShardPlace } from '../model/shard.js';

/** Value of a variable that is a whole number. @throws UsageError for one that is not there, or is none. */
type ReadNumber = (name: string) => number;

/** How an engine tells each of the jobs that it starts side by side which one it is. */
export interface ShardEngine {
  readonly name: string;
  /** The variable by which it is known: no engine sets that of another. */
  readonly mark: string;
  /** Has the same value in each job of one run, and another in those of the next; null where there is none. */
  readonly run: string | null;
  /** Where the engine does not say how many there are, `total` is null. */
  readonly place: (read: ReadNumber) => { readonly index: number; readonly total: number | null };
}

/** Engines by what their documentation says; index 1 is the first of ours, whatever theirs is. */
export const shardEngines: readonly ShardEngine[] = [
  {
    name: 'GitLab',
    mark: 'CI_NODE_INDEX',
    run: 'CI_PIPELINE_ID',
    place: (read) => ({ index: read('CI_NODE_INDEX'), total: read('CI_NODE_TOTAL') }),
  },
  {
    name: 'Kubernetes',
    mark: 'JOB_COMPLETION_INDEX',
    run: null,
    place: (read) => ({ index: read('JOB_COMPLETION_INDEX') + 1, total: null }),
  },
  {
    name: 'Buildkite',
    mark: 'BUILDKITE_PARALLEL_JOB',
    run: 'BUILDKITE_BUILD_ID',
    place: (read) => ({ index: read('BUILDKITE_PARALLEL_JOB') + 1, total: read('BUILDKITE_PARALLEL_JOB_COUNT') }),
  },
  {
    name: 'CircleCI',
    mark: 'CIRCLE_NODE_INDEX',
    run: 'CIRCLE_WORKFLOW_ID',
    place: (read) => ({ index: read('CIRCLE_NODE_INDEX') + 1, total: read('CIRCLE_NODE_TOTAL') }),
  },
  {
    name: 'Azure Pipelines',
    mark: 'SYSTEM_JOBPOSITIONINPHASE',
    run: 'BUILD_BUILDID',
    place: (read) => ({ index: read('SYSTEM_JOBPOSITIONINPHASE'), total: read('SYSTEM_TOTALJOBSINPHASE') }),
  },
  {
    name: 'Bitbucket',
    mark: 'BITBUCKET_PARALLEL_STEP',
    run: 'BITBUCKET_BUILD_NUMBER',
    place: (read) => ({ index: read('BITBUCKET_PARALLEL_STEP') + 1, total: read('BITBUCKET_PARALLEL_STEP_COUNT') }),
  },
  { name: 'Slurm', mark: 'SLURM_ARRAY_TASK_ID', run: 'SLURM_ARRAY_JOB_ID', place: slurmPlace },
];

/** An array may begin anywhere and have gaps: `--array=0-8:2` is five tasks, and of `1,5,9` nobody says which is which. */
function slurmPlace(read: ReadNumber): ShardPlace {
  const [first, last, step] = ['MIN', 'MAX', 'STEP'].map((part) => read(`SLURM_ARRAY_TASK_${part}`)) as [
    number,
    number,
    number,
  ];
  const total = read('SLURM_ARRAY_TASK_COUNT');
  const steps = (read('SLURM_ARRAY_TASK_ID') - first) / step;
  if ((last - first) / step + 1 === total && Number.isInteger(steps)) return { index: steps + 1, total };
  throw new UsageError({
    message: `--shard auto: the tasks of this Slurm array are not evenly numbered (${first} to ${last}, ${total} of them)`,
    next: 'number them from 1: --array=1-5; or say which one it is: --shard 2/5',
  });
}
