// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { SessionFault } from '../../../results/session.js';
import { unpausedSession } from '../../../run/unpaused.js';
import { FakeHost } from './fixture/host.js';

let host: FakeHost;
beforeEach(async () => {
  host = await FakeHost.open();
});
afterEach(() => host.close());

interface Answer {
  readonly evidence: readonly string[];
  readonly fault: SessionFault | null;
}

/** Milliseconds: for which something stood still, and for which QEMU had waited when its kernel complained of a stall. */
type Disturbed = number | { readonly stoodStill?: number; readonly starvedStall: number };

/** Asks sessions that are disturbed so; gives the answer, and how many there were. */
async function asked(...disturbances: readonly Disturbed[]): Promise<readonly [Answer, number]> {
  let count = 0;
  const answer = await unpausedSession<Answer>(
    { kernel: host.kernel('6.1'), context: host.context(), name: 'lsm' },
    () => {
      const disturbed = disturbances[count++] ?? 0;
      const { stoodStill = 0, starvedStall = 0 } =
        typeof disturbed === 'number' ? { stoodStill: disturbed } : disturbed;
      return Promise.resolve([
        { evidence: [`of session ${count}`], fault: null },
        { stoodStill, starvedStall },
      ]);
    },
    (_, fault) => ({ evidence: [], fault }),
  );
  return [answer, count];
}

it('is asked once where nothing stood still, or not for long', async () => {
  expect(await asked(2900)).toEqual([{ evidence: ['of session 1'], fault: null }, 1]);
  expect(host.notices()).toEqual([]);
});

it('that stood still is void, whatever came of it, and asked once more, which is said', async () => {
  expect(await asked(30_000, 0)).toEqual([{ evidence: ['of session 2'], fault: null }, 2]);
  expect(host.notices()).toEqual([
    '6.1, lsm: this program or its machine stood still for 30.0 s: what it had answered is void, and asked once more',
  ]);
});

it('that stood still twice is a fault of no agent', async () => {
  const [{ evidence, fault }, count] = await asked(30_000, 4000);
  expect([evidence, count]).toEqual([[], 2]);
  expect(fault).toMatchObject({
    cause: 'HOST_PAUSED',
    message: expect.stringMatching(/30[.]0 s; asked once more, .*4[.]0 s$/) as string,
  });
});

it('whose kernel complained of a stall while QEMU got no processor is asked once more, which is said', async () => {
  expect(await asked({ starvedStall: 28_000 }, 0)).toEqual([{ evidence: ['of session 2'], fault: null }, 2]);
  expect(host.notices()).toEqual([
    '6.1, lsm: its kernel complained of a stall, and QEMU got no processor of this host for 28.0 s: what it had answered is void, and asked once more',
  ]);
});

it('whose kernel complained though QEMU ran is asked once, and a second stall is believed', async () => {
  expect(await asked({ starvedStall: 4900 })).toEqual([{ evidence: ['of session 1'], fault: null }, 1]);
  const again = [{ starvedStall: 28_000 }, { starvedStall: 30_000 }];
  expect(await asked(...again)).toEqual([{ evidence: ['of session 2'], fault: null }, 2]);
});
