// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { Guest } from '../../../guest/client.js';
import { targetPath } from '../../../guest/needs.js';
import { ends, stages } from '../../../guest/protocol.js';
import { loadObject, loadObjectCosts } from '../../../scenarios/load.js';

const target = { sha256: 'ab'.repeat(32), bytes: Buffer.from('target') };
const runner = { name: 'aegis', bytes: Buffer.from('object'), timeout: 1000, targets: [target] };

/** A guest that takes files, and whose loader never ends. */
class FakeGuest {
  readonly files = new Set<string>();
  readonly seen: string[] = [];

  call(op: string, { path }: { readonly path: string }): Promise<unknown> {
    if (op === 'put') this.files.add(path);
    else if (op === 'remove') this.files.delete(path);
    else this.seen.push(`${op}: ${[...this.files].join(' ')}`);
    const { timedOut: end } = ends;
    return Promise.resolve({ truncated: 0, end, endCode: 0, progressStage: stages.open, progressName: '' });
  }

  get guest(): Guest {
    return this as unknown as Guest;
  }
}

const uploaded = `/tmp/aegis.bpf.o ${targetPath(target.sha256)}`;

it('asks what the verifier spends with the targets in the guest, and leaves neither them nor the object there', async () => {
  const fake = new FakeGuest();
  const costs = await loadObjectCosts(fake.guest, runner, { maps: [] }, { programs: ['one'], leftOut: [] });
  expect(costs).toMatchObject([{ program: 'one', insns: null }]);
  expect(fake.seen).toEqual([`loadCost: ${uploaded}`]);
  expect([...fake.files]).toEqual([]);
});

it.each([
  [false, ''],
  [true, uploaded],
])('loads with the targets in the guest; the last: %s', async (last, left) => {
  const fake = new FakeGuest();
  await loadObject(fake.guest, { ...runner, last });
  expect(fake.seen[0]).toContain(uploaded);
  expect([...fake.files].join(' ')).toBe(left);
});
