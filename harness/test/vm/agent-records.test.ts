// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dirtyBytes } from '../../contracts/aegis/records.js';
import { type AgentVm, openAgentVm } from './agent-vm.js';

/** More than one lap of a ring buffer of 256 KiB with records of 328 bytes. */
const oneLap = 900;

/**
 * A slot of the ring buffer keeps what lay in it before. After a lap full of other records, of other sizes and with
 * long strings, every byte that a program forgets to write shows.
 */
describe('raw records, after a lap of the ring', () => {
  let vm: AgentVm;
  beforeAll(async () => {
    vm = await openAgentVm('6.12');
    await vm.put('/t/secret', 'x');
    await vm.copyAttempt(`/t/${'long-name-'.repeat(20)}`);
  });
  afterAll(() => vm.stop());

  it('hold no byte that was not written for them', async () => {
    const policy = 'version=1\n[deny_path]\n/t/secret\n[deny_ip]\n127.0.0.2\n::2\n';
    await vm.start(['--enforce', '--enforce-signal=none'], { policy });
    for (let i = 0; i < 20; i++) {
      await vm.attempt(['exec', `/t/${'long-name-'.repeat(20)}`]);
      await vm.attempt(['stubborn', String(oneLap / 20), '/t/secret']);
    }
    await vm.pause(19);
    for (let i = 0; i < 3; i++) {
      await vm.attempt(['open', '/t/secret', 'r']);
      await vm.attempt(['connect', '127.0.0.2', '80', 'tcp']);
      await vm.attempt(['connect', '::2', '80', 'udp']);
    }
    await vm.attempt(['exec', `/t/${'long-name-'.repeat(20)}`]);
    const records = await vm.rawRecords();
    await vm.pause(18);
    expect(new Set(records.map((record) => record.readUInt32LE(0)))).toEqual(new Set([1, 2, 3]));
    expect(records.length).toBeGreaterThan(15);
    expect(records.map((record) => dirtyBytes(record))).toEqual(records.map(() => []));
    const { events } = await vm.end();
    expect(events.length).toBeGreaterThan(oneLap);
  });
});
