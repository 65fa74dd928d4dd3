// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { getTextIfThere, putFile } from '../../guest/files.js';
import { loadWhole } from '../../guest/load-whole.js';
import type { AttachVerdict, RunReport } from '../../model/report.js';
import { type Finished, kernelOf, matrix, objectOf, programOf, reportOf, textOf, variant } from './matrix.js';
import { openProbeVm, snapshotOf } from './probe-vm.js';

const kernels = ['6.1', '6.12', '7.2'];
const objects = ['attach_kinds', 'attach_kinds_newer', 'attach_kinds_filter', 'attach_kinds_ops', 'attach_kinds_none'];

let finished: Finished;
let report: RunReport;

beforeAll(async () => {
  finished = await matrix(['--kernel', kernels.join(','), ...objects.flatMap((name) => ['--object', variant(name)])]);
  report = await reportOf(finished);
});

const attachOf = (kernel: string, object: string): Readonly<Record<string, AttachVerdict>> =>
  Object.fromEntries(objectOf(kernelOf(report, kernel), object).programs.map(({ name, attach }) => [name, attach]));

describe('programs that libbpf leaves to their loader are attached at places of our own', () => {
  it.each(kernels)('%s: each kind that it knows, two of a kind where a place takes one', (kernel) => {
    const attach = attachOf(kernel, 'attach_kinds');
    expect(Object.values(attach).map(({ kind }) => kind)).toEqual(Array.from({ length: 30 }, () => 'attached'));
    expect(attach).toMatchObject({
      xdp_second: { place: 'xdp of a dummy device' },
      tc_first: { place: 'tc ingress of a dummy device' },
      cgroup_lsm: { place: 'a cgroup of its own' },
      dissector_second: { place: 'a network namespace of its own' },
      iter_task: { place: null },
      iter_cgroup: { place: 'a cgroup of its own' },
    });
  });

  it.each(['6.12', '7.2'])('%s: tcx, netkit, netfilter and struct_ops, by a map and by a link', (kernel) => {
    expect(attachOf(kernel, 'attach_kinds_newer')).toEqual({
      tcx_ingress: { kind: 'attached', place: 'tcx ingress of a dummy device' },
      tcx_egress: { kind: 'attached', place: 'tcx egress of a dummy device' },
      netkit_primary: { kind: 'attached', place: 'the primary of a netkit pair' },
      netkit_peer: { kind: 'attached', place: 'the peer of a netkit pair' },
    });
    expect(Object.values(attachOf(kernel, 'attach_kinds_filter')).map(({ kind }) => kind)).toEqual([
      'attached',
      'attached',
    ]);
    expect(attachOf(kernel, 'attach_kinds_ops')).toMatchObject({
      cong_avoid: { kind: 'attached', place: 'struct_ops map registered' },
      linked_cong_avoid: { kind: 'attached', place: 'struct_ops map linked' },
    });
  });

  it('6.1 has none of these, and it is said which', () => {
    for (const [program, name] of [
      ['tcx_ingress', 'tcx_ingress'],
      ['netkit_peer', 'netkit_peer'],
    ] as const) {
      const { attach } = programOf(objectOf(kernelOf(report, '6.1'), 'attach_kinds_newer'), program);
      expect(attach).toMatchObject({
        kind: 'failed',
        code: 'HOOK_MISSING',
        why: { decidingLine: expect.stringContaining(`this kernel has no ${name} to attach to`) as unknown },
      });
    }
    const { load } = programOf(objectOf(kernelOf(report, '6.1'), 'attach_kinds_filter'), 'filter_first');
    expect(load).toMatchObject({ kind: 'failed', code: 'PROG_TYPE_UNSUPPORTED' });
    expect(objectOf(kernelOf(report, '6.1'), 'attach_kinds_ops').whole).toMatchObject({ code: 'MAP_UNSUPPORTED' });
  });

  it.each(kernels)('%s: what only its own loader can attach is told with the reason', (kernel) => {
    const reasons = Object.entries(attachOf(kernel, 'attach_kinds_none')).map(([name, attach]) => [
      name,
      attach.kind === 'unattachable' ? attach.reason : attach.kind,
    ]);
    expect(reasons).toEqual([
      ['nameless_kprobe', expect.stringContaining('names no place')],
      ['traffic_action', expect.stringContaining('act_bpf')],
      ['route', expect.stringContaining('route')],
      ['program_to_run', expect.stringContaining('run, not attached')],
      ['storage_iterator', expect.stringContaining('map that its own loader names')],
    ]);
  });

  it('the reason is on the terminal, in the summary and in JUnit', async () => {
    const reason = 'a program of this type is run, not attached';
    expect(finished.stdout).toContain(`attach_kinds_none/program_to_run  6.1, 6.12, 7.2: ${reason}`);
    for (const file of ['summary.md', 'junit.xml']) expect(await textOf(finished, file)).toContain(reason);
  });
});

it('nothing stays: no program, no link, no cgroup, and the guest has the devices that it had', async () => {
  const { guest, stop } = await openProbeVm('6.12');
  const seen = async (): Promise<unknown> => {
    const { programs, links, perf } = await snapshotOf(guest);
    return [programs, links, perf, await getTextIfThere(guest, '/sys/fs/cgroup/cgroup.stat'), await devices()];
  };
  const devices = async (): Promise<unknown> =>
    (await getTextIfThere(guest, '/proc/net/dev'))?.split('\n').map((line) => line.split(':')[0]);
  try {
    const before = await seen();
    for (const name of ['attach_kinds', 'attach_kinds_newer', 'attach_kinds_filter', 'attach_kinds_ops']) {
      await putFile(guest, `/tmp/${name}.bpf.o`, await readFile(variant(name)));
      const whole = await loadWhole(guest, `/tmp/${name}.bpf.o`, { attach: true, timeout: 60_000 });
      expect([name, ...[...whole.attach.values()].filter(({ kind }) => kind !== 'attached')]).toEqual([name]);
    }
    // A struct_ops map is let go of when RCU allows it.
    await expect.poll(seen, { timeout: 20_000, interval: 200 }).toEqual(before);
  } finally {
    await stop();
  }
});
