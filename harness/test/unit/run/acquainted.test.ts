// SPDX-License-Identifier: Apache-2.0
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { acquaintedMachines } from '../../../run/acquainted.js';
import { unpausedSession } from '../../../run/unpaused.js';
import { Acquaintance } from '../../../scenarios/acquaintance.js';
import { FakeHost } from './fixture/host.js';

let host: FakeHost;
beforeEach(async () => {
  host = await FakeHost.open();
});
afterEach(() => host.close());

type Session = (known: Acquaintance) => void;

/** A first machine with these sessions, each but the last of which stood still; another that says what it knew. */
async function answers(...sessions: readonly Session[]): Promise<readonly string[]> {
  const asked = [...sessions];
  const context = { kernel: host.kernel('6.1'), context: host.context(), name: 'lsm' };
  return acquaintedMachines(
    (first) =>
      unpausedSession<string>(
        context,
        async () => {
          const session = asked.shift();
          session?.(first.begin());
          // The other machine is done before the first one has ended.
          await new Promise((resolve) => setTimeout(resolve, 20));
          return ['first', { stoodStill: asked.length === 0 ? 0 : 30_000, starvedStall: 0 }];
        },
        () => 'paused',
      ),
    [(known) => Promise.resolve(`refused: ${[...known.refused.keys()].join() || 'nothing'}`)],
  );
}

const ends: Session = (known) => {
  known.ends();
};
const made: Session = (known) => {
  known.made();
};
const refuses: Session = (known) => {
  known.refused.set('deny_bpf', 'enforce');
  known.made();
};
const refusesThenEnds: Session = (known) => {
  refuses(known);
  known.ends();
};

describe('what the first machine finds out', () => {
  it('is what the others begin with', async () => {
    expect(await answers(made)).toEqual(['first', 'refused: nothing']);
    expect(await answers(refuses)).toEqual(['first', 'refused: deny_bpf']);
  });

  it('keeps them from beginning where nothing else can be looked at', async () => {
    expect(await answers(ends)).toEqual(['first']);
  });

  it('is nothing when it has ended without a word of it', async () => {
    expect(await answers(() => undefined)).toEqual(['first', 'refused: nothing']);
  });
});

describe('what the first machine finds out in a session that is void', () => {
  it.each<[string, Session, Session, readonly string[]]>([
    ['does not keep the others from beginning', ends, made, ['first', 'refused: nothing']],
    ['does not let them begin where nothing can be looked at', made, ends, ['first']],
    ['is not what they answer about, even when they have answered', refuses, made, ['first', 'refused: nothing']],
    ['gives way to what the next one refuses', made, refuses, ['first', 'refused: deny_bpf']],
    ['is void as a whole', refusesThenEnds, made, ['first', 'refused: nothing']],
  ])('%s', async (_, first, second, expected) => {
    expect(await answers(first, second)).toEqual(expected);
  });
});

it('is copied: a session that finds out more, or is void, changes nothing for another', () => {
  const known = new Acquaintance();
  known.refused.set('deny_bpf', 'enforce');
  known.hasComeUp = true;
  const copy = new Acquaintance(undefined, known);
  copy.refused.set('deny_path', 'enforce');
  expect([copy.refused.size, copy.hasComeUp, known.refused.size]).toEqual([2, true, 1]);
});

it('rejects with what broke one of them, once all have ended', async () => {
  let ended = false;
  const broken = acquaintedMachines<string>(
    () => Promise.reject(new Error('interrupted')),
    [
      async () => {
        await new Promise((resolve) => setTimeout(resolve, 20));
        ended = true;
        return 'another';
      },
    ],
  );
  await expect(broken).rejects.toThrow('interrupted');
  expect(ended).toBe(true);
});
