// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { Guest } from '../../../guest/client.js';
import { ends } from '../../../guest/protocol.js';
import { oracleSnapshot } from '../../../scenarios/oracle.js';
import { fakeGuest, reply } from '../guest/fake-guest.js';
import { signedOutput } from '../guest/signed-output.js';

interface Seen {
  readonly configs: number;
  readonly links?: readonly { readonly programId: number; readonly hook: string | null }[];
}

/** A guest whose oracle sees this, one after the other, and then the last for good; how often it was asked. */
async function oracleThatSees(...all: readonly Seen[]) {
  let asked = 0;
  const { stream } = fakeGuest((question) => {
    const { configs, links = [] } = all[Math.min(asked++, all.length - 1)]!;
    const stdout = JSON.stringify({
      lsm: 'yama,bpf',
      hooks: ['file_open'],
      programs: [{ id: 7, runs: 0, name: 'deny_open', type: 'lsm', hook: null }],
      links: links.map((link, id) => ({ id, type: 'tracing', ...link })),
      perf: [],
      config: configs === 1 ? '00ff' : null,
      configs,
    });
    return reply('run', {
      end: ends.exited,
      endCode: 0,
      stdout: signedOutput(guest.secret, question, [stdout]),
      stderr: Buffer.from(''),
      truncated: 0,
    });
  });
  let now = 0;
  const clock = (): number => (now += 1000);
  const guest: Guest = await Guest.connect(stream, { helloMs: 60_000, requestMs: 60_000, clock });
  return { guest, asked: () => asked };
}

describe('the oracle', () => {
  it('waits for the maps of an agent that has ended', async () => {
    const { guest, asked } = await oracleThatSees({ configs: 2 }, { configs: 2 }, { configs: 1 });
    expect((await oracleSnapshot(guest)).config).toBe('00ff');
    expect(asked()).toBe(3);
  });

  it('takes two configurations for none when both stay', async () => {
    const { guest, asked } = await oracleThatSees({ configs: 2 });
    expect((await oracleSnapshot(guest)).config).toBeNull();
    expect(asked()).toBeGreaterThan(2);
  });

  it('counts the links that do not say where they lead', async () => {
    const links = [
      { programId: 7, hook: 'file_open' },
      { programId: 7, hook: null },
      { programId: 8, hook: null },
    ];
    const { guest } = await oracleThatSees({ configs: 0, links });
    expect(await oracleSnapshot(guest)).toMatchObject({ live: ['file_open'], unplaced: 1 });
  });
});
