// SPDX-License-Identifier: Apache-2.0
import type { KernelReport } from '../../model/report.js';
import type { RunConditions } from '../../results/run-frame.js';
import { expectationNotices } from '../../verdict/expectation-findings.js';
import { usedAccel } from '../matrix.js';

type Conditions = readonly [RunConditions, ...RunConditions[]];

/**
 * What stands beside the answers of a run, from its shards in their order: it began with the first of them and took until the
 * last had ended, each by the clock of its host. What the hosts differ in is a notice. `more`: notices of the merge.
 */
export function mergedConditions(
  shards: Conditions,
  kernels: readonly KernelReport[],
  more: readonly string[],
): RunConditions {
  const [first] = shards;
  const begins = shards.map(({ started }) => Date.parse(started));
  const ends = shards.map(({ started, ms }) => Date.parse(started) + ms);
  const begin = Math.min(...begins);
  const said = new Set(shards.flatMap(({ notices }) => notices));
  const ofExpectations = expectationNotices(first.expectations, kernels);
  return {
    tool: first.tool,
    started: new Date(begin).toISOString(),
    ms: Math.max(...ends) - begin,
    options: { ...first.options, jobs: Math.max(...shards.map(({ options }) => options.jobs)) },
    host: mergedHost(shards, kernels),
    notices: [...said, ...more, ...unlikeHosts(shards), ...ofExpectations],
    objects: first.objects,
    agent: first.agent,
    others: first.others,
    expectations: first.expectations,
  };
}

function mergedHost(shards: Conditions, kernels: readonly KernelReport[]): RunConditions['host'] {
  const hosts = shards.map(({ host }) => host);
  const kvm = hosts.find((host) => host.kvm !== undefined)?.kvm;
  const qemus = [...new Set(hosts.flatMap(({ qemu }) => qemu ?? []))];
  return {
    node: [...new Set(hosts.map(({ node }) => node))].join(', '),
    qemu: qemus.length === 0 ? null : qemus.join(', '),
    accel: usedAccel(kernels),
    ...(kvm === undefined ? {} : { kvm }),
  };
}

/** What may differ, since each kernel's answers name it themselves or are none of its business. */
const mayDiffer: readonly { readonly what: string; readonly of: (shard: RunConditions) => string | null }[] = [
  { what: 'QEMU', of: ({ host }) => host.qemu },
  { what: 'accelerator', of: ({ host }) => host.accel },
  { what: 'Node.js', of: ({ host }) => host.node },
  { what: 'version of bpf-matrix, with the same code for sessions', of: ({ tool }) => tool.version },
];

function unlikeHosts(shards: Conditions): readonly string[] {
  return mayDiffer.flatMap(({ what, of }) => {
    const by = new Map<string, number[]>();
    for (const [index, shard] of shards.entries()) {
      const value = of(shard);
      if (value !== null) by.set(value, [...(by.get(value) ?? []), index + 1]);
    }
    if (by.size < 2) return [];
    const list = [...by].map(([value, indexes]) => `${value} in ${indexes.join(', ')}`).join('; ');
    return [`the shards of this run do not have the same ${what}: ${list}`];
  });
}
