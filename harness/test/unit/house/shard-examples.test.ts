// SPDX-License-Identifier: Apache-2.0
import { afterEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { Ending } from '../../../cli/ending.js';
import { runCommandLine } from '../../../cli/program.js';
import {
  type ExampleProcess,
  exampleText,
  githubExample,
  gitlabExample,
  kubernetesExample,
  kubernetesJobs,
} from '../../fixtures/shard-examples.js';
import { readWorkflow, stepFaults } from './workflow.js';

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

/** What a command line prints and ends with, in the environment of an engine's process. */
async function ran({ env }: ExampleProcess, ...args: readonly string[]): Promise<readonly [number, string]> {
  vi.stubEnv('BPF_MATRIX_MIRRORS', 'host');
  for (const [name, value] of Object.entries(env)) vi.stubEnv(name, value);
  let text = '';
  for (const stream of [process.stdout, process.stderr]) {
    // Whoever waits until all is written is called back.
    vi.spyOn(stream, 'write').mockImplementation((part, ...more: unknown[]) => {
      text += String(part);
      const done = more.find((one) => typeof one === 'function');
      done?.();
      return true;
    });
  }
  const code = await runCommandLine(args, new Ending());
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
  return [code, text];
}

const listing = z.object({
  shard: z.object({
    index: z.number(),
    total: z.number(),
    from: z.string(),
    units: z.array(z.object({ kernel: z.string(), session: z.string(), shard: z.number() })),
  }),
});

describe.each([
  ['Kubernetes', kubernetesExample],
  ['GitLab', gitlabExample],
  ['GitHub Actions', githubExample],
])('the example for %s', (_, read) => {
  const { shards, merge } = read();

  it('starts processes that share one run out among them', async () => {
    const lists: z.output<typeof listing>['shard'][] = [];
    for (const one of shards) {
      // Kernels that every host with a Debian archive has; the default ones are said in the example.
      const args = one.args.map((text) => (text === 'default' ? '6.1,6.12,6.17' : text));
      expect(args).toContain('6.1,6.12,6.17');
      const [code, text] = await ran(one, ...args, '--list', '--json');
      expect([code, text]).toEqual([0, expect.stringContaining('"shard"')]);
      lists.push(listing.parse(JSON.parse(text)).shard);
    }
    expect(lists.map(({ index, total }) => [index, total])).toEqual([
      [1, 3],
      [2, 3],
      [3, 3],
    ]);
    for (const { units } of lists) expect(units).toEqual(lists[0]?.units);
    expect(new Set(lists[0]?.units.map(({ shard }) => shard))).toEqual(new Set([1, 2, 3]));
  });

  it('merges them from where they are', async () => {
    const [command, from = ''] = merge.args;
    const folders = shards.map(({ args }) =>
      args.includes('--out') ? args[args.indexOf('--out') + 1] : 'reports/shards',
    );
    expect(command).toBe('merge');
    for (const folder of folders) expect(`${folder ?? ''}/`).toMatch(new RegExp(`^${from}/`));
    // It is a command line: there is only nothing to merge.
    const [code, text] = await ran(merge, ...merge.args.map((one) => (one === from ? '/nowhere/shards' : one)));
    expect([code, text]).toEqual([2, expect.stringContaining('/nowhere/shards: cannot be read')]);
  });
});

describe('what an engine does with a shard that fails', () => {
  it('Kubernetes lets the others end, and does not ask it until it passes', () => {
    const [{ spec }] = kubernetesJobs();
    const { completionMode, completions, parallelism, backoffLimitPerIndex, podFailurePolicy, template } = spec;
    expect([completionMode, completions, parallelism, backoffLimitPerIndex]).toEqual(['Indexed', 3, 3, 0]);
    expect(JSON.stringify(podFailurePolicy)).toContain('"FailIndex","onExitCodes":{"operator":"In","values":[1,2,3]}');
    const [{ env }] = template.spec.containers;
    expect(env).toContainEqual({ name: 'BPF_MATRIX_SHARDS', value: `${completions}` });
  });

  it('GitHub lets them end, too, merges all the same, and has no fault of a workflow', () => {
    const text = exampleText('shards-github.yml');
    const { permissions, jobs } = readWorkflow(text);
    expect(permissions).toEqual({ contents: 'read' });
    expect(stepFaults(Object.values(jobs).flatMap(({ steps }) => steps))).toEqual([]);
    expect(text).toContain('fail-fast: false');
    expect(jobs['merge']?.if).toBe('${{ !cancelled() }}');
  });
});
