// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { parseShard } from '../../../config/shard.js';
import { UsageError } from '../../../model/errors.js';
import { shardName } from '../../../model/shard.js';

type Env = Readonly<Record<string, string>>;

/** `2/5`, with what it was taken from. */
function parsed(text: string, env: Env = {}): readonly (string | null)[] {
  const { place, from, run } = parseShard(text, env);
  return [shardName(place), from, run];
}

const slurm = (id: number, [min, max, step]: readonly [number, number, number], count: number): Env => ({
  SLURM_ARRAY_TASK_ID: `${id}`,
  SLURM_ARRAY_TASK_MIN: `${min}`,
  SLURM_ARRAY_TASK_MAX: `${max}`,
  SLURM_ARRAY_TASK_STEP: `${step}`,
  SLURM_ARRAY_TASK_COUNT: `${count}`,
  SLURM_ARRAY_JOB_ID: '4711',
});

describe('--shard that says which', () => {
  it('is taken as it is, whatever an engine says', () => {
    expect(parsed('2/5', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '9' })).toEqual(['2/5', '--shard 2/5', null]);
    expect(parsed('1/1')).toEqual(['1/1', '--shard 1/1', null]);
  });

  it('may be told the name of its run', () => {
    expect(parsed('2/5', { BPF_MATRIX_RUN: 'nightly 7' })).toEqual(['2/5', '--shard 2/5', 'BPF_MATRIX_RUN=nightly 7']);
  });

  it.each(['', '0/5', '6/5', '2', '2/', '/5', '2/5/6', '-1/5', '1.5/3', '2/x', '1/1001', ' 2/5', '1/0'])(
    'refuses %j',
    (text) => {
      expect(() => parseShard(text, {})).toThrow(UsageError);
    },
  );
});

describe('--shard auto', () => {
  it.each<[string, Env, string, string | null]>([
    ['GitLab', { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '3', CI_PIPELINE_ID: '71' }, '1/3', 'CI_PIPELINE_ID=71'],
    [
      'Buildkite',
      { BUILDKITE_PARALLEL_JOB: '0', BUILDKITE_PARALLEL_JOB_COUNT: '3', BUILDKITE_BUILD_ID: 'b' },
      '1/3',
      'BUILDKITE_BUILD_ID=b',
    ],
    [
      'CircleCI',
      { CIRCLE_NODE_INDEX: '2', CIRCLE_NODE_TOTAL: '3', CIRCLE_WORKFLOW_ID: 'w' },
      '3/3',
      'CIRCLE_WORKFLOW_ID=w',
    ],
    [
      'Kubernetes',
      { JOB_COMPLETION_INDEX: '0', BPF_MATRIX_SHARDS: '3', BPF_MATRIX_RUN: 'uid' },
      '1/3',
      'BPF_MATRIX_RUN=uid',
    ],
    [
      'Azure Pipelines',
      { SYSTEM_JOBPOSITIONINPHASE: '1', SYSTEM_TOTALJOBSINPHASE: '3', BUILD_BUILDID: '5' },
      '1/3',
      'BUILD_BUILDID=5',
    ],
    [
      'Bitbucket',
      { BITBUCKET_PARALLEL_STEP: '2', BITBUCKET_PARALLEL_STEP_COUNT: '3', BITBUCKET_BUILD_NUMBER: '5' },
      '3/3',
      'BITBUCKET_BUILD_NUMBER=5',
    ],
    ['Slurm', slurm(1, [1, 3, 1], 3), '1/3', 'SLURM_ARRAY_JOB_ID=4711'],
    ['Slurm', slurm(8, [0, 8, 2], 5), '5/5', 'SLURM_ARRAY_JOB_ID=4711'],
    ['GitHub Actions', { BPF_MATRIX_SHARD: '2/3', GITHUB_RUN_ID: '99' }, '2/3', 'GITHUB_RUN_ID=99'],
  ])('takes it from %s, and says from where', (engine, env, place, run) => {
    const [found, from, ofRun] = parsed('auto', env);
    expect([found, ofRun]).toEqual([place, run]);
    const taken = Object.entries(env).filter(
      ([name]) => !/RUN|BUILD_ID|BUILDID|BUILD_NUMBER|PIPELINE|WORKFLOW|JOB_ID/.test(name),
    );
    for (const [name, value] of taken) expect(from).toContain(`${name}=${value}`);
    if (engine !== 'GitHub Actions') expect(from).toMatch(new RegExp(`^${engine}: `));
  });

  it('prefers what was said to bpf-matrix itself', () => {
    const env = { BPF_MATRIX_SHARD: '2/3', CI_NODE_INDEX: '1', CI_NODE_TOTAL: '3' };
    expect(parsed('auto', env)).toEqual(['2/3', 'BPF_MATRIX_SHARD=2/3', null]);
  });

  it('takes the count from the flag where the engine has none', () => {
    expect(parsed('auto/4', { JOB_COMPLETION_INDEX: '3' })).toEqual([
      '4/4',
      'Kubernetes: JOB_COMPLETION_INDEX=3, --shard auto/4',
      null,
    ]);
    expect(parsed('auto/3', { CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3' })[0]).toBe('2/3');
  });

  it.each<[string, string, Env, RegExp]>([
    [
      'where nobody says it',
      'auto',
      { CI: 'true', GITHUB_RUN_ID: '1' },
      /no engine says which shard this is: none of BPF_MATRIX_SHARD, CI_NODE_INDEX/,
    ],
    [
      'where two say it',
      'auto',
      { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '2', JOB_COMPLETION_INDEX: '0' },
      /both GitLab .* and Kubernetes/,
    ],
    ['without a count', 'auto', { JOB_COMPLETION_INDEX: '0' }, /Kubernetes does not say how many/],
    [
      'with half of what the engine sets',
      'auto',
      { CI_NODE_INDEX: '1' },
      /CI_NODE_INDEX of GitLab is set, and CI_NODE_TOTAL is not/,
    ],
    [
      'with two counts',
      'auto/4',
      { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '3' },
      /said twice: GitLab says 3, and --shard auto\/4/,
    ],
    [
      'with another count in the variable',
      'auto',
      { CI_NODE_INDEX: '1', CI_NODE_TOTAL: '3', BPF_MATRIX_SHARDS: '4' },
      /said twice/,
    ],
    ['with another count beside its own', 'auto/4', { BPF_MATRIX_SHARD: '1/3' }, /said twice/],
    ['for no number', 'auto', { CI_NODE_INDEX: 'one', CI_NODE_TOTAL: '3' }, /CI_NODE_INDEX: 'one' is no whole number/],
    ['beyond the count', 'auto/2', { JOB_COMPLETION_INDEX: '2' }, /there is no shard 3\/2/],
    ['for no count', 'auto/many', { JOB_COMPLETION_INDEX: '2' }, /'many' is no whole number/],
    ['for an array with gaps', 'auto', slurm(5, [1, 9, 1], 3), /not evenly numbered \(1 to 9, 3 of them\)/],
    [
      'for a variable that is no shard',
      'auto',
      { BPF_MATRIX_SHARD: '3' },
      /BPF_MATRIX_SHARD=3: a shard is a number of so many/,
    ],
  ])('refuses to guess %s', (_, text, env, why) => {
    expect(() => parseShard(text, env)).toThrow(why);
    expect(() => parseShard(text, env)).toThrow(UsageError);
  });
});
