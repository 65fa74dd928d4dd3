// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { KernelIdentity } from '../../../../model/kernel.js';
import type { KernelResult, ScenarioSession, SessionResult } from '../../../../results/session.js';
import { joinedKernel, type ShardAnswers } from '../../../../run/shards/join.js';
import { measuredUnits } from '../../../../run/shards/measured.js';
import { judgeResults } from '../../../../verdict/judge-results.js';
import { objectEvidence } from '../../../fixtures/evidence-load.js';
import { healthy, loading, panic } from '../../../fixtures/evidence-session.js';
import { tornUnits } from '../../../fixtures/stored-run.js';

const loaded = loading({ asked: 1, objects: [objectEvidence([])] });
const facts = (more: Partial<SessionResult> = {}): SessionResult =>
  loading({ console: 'logs/6.12/facts.console.log', ms: 7, ...more });

const answer = (shard: number, session: SessionResult, environments: readonly string[] = []): ShardAnswers => ({
  shard,
  results: [result(session, environments)],
});
const result = (session: SessionResult, environments: readonly string[]): KernelResult => ({
  kind: 'session',
  session,
  scenarios: healthy().filter(({ environment }) => environments.includes(environment)),
});
const missing: KernelResult = {
  kind: 'unavailable',
  kernel: {
    status: 'unavailable',
    id: '6.12',
    source: 'debian',
    reason: 'ARCHIVE_UNREACHABLE',
    detail: 'no route',
    tried: [],
    next: 'try again',
  },
};

const whole: readonly ShardAnswers[] = [
  answer(1, loaded),
  answer(2, facts(), ['lsm']),
  answer(3, facts(), ['lsm-override', 'no-lsm']),
];
const join = (parts: readonly ShardAnswers[]): ReturnType<typeof joinedKernel> =>
  joinedKernel('6.12', { units: tornUnits }, { parts, asked: 1 });
const replaced = (other: ShardAnswers): readonly ShardAnswers[] =>
  whole.map((part) => (part.shard === other.shard ? other : part));
/** What is not there, and why. */
const faultsOf = ([first]: readonly KernelResult[]): readonly unknown[] => {
  if (first?.kind !== 'session') throw new Error('no session');
  return [first.session, ...first.scenarios].map((one) => one.fault?.message ?? null);
};

describe('a kernel that was torn apart', () => {
  it('is the kernel that one run would have asked', () => {
    const { results, notices } = join(whole);
    expect(results).toEqual([{ kind: 'session', session: loaded, scenarios: healthy() }]);
    expect(notices).toEqual([]);
  });

  it('is so whatever the order in which its shards came', () => {
    expect(join([...whole].reverse())).toEqual(join(whole));
  });

  it('keeps each time that it was asked apart', () => {
    const twice = (part: ShardAnswers, more: KernelResult): ShardAnswers => ({
      ...part,
      results: [part.results[0], more],
    });
    const [one, two, three] = whole as readonly [ShardAnswers, ShardAnswers, ShardAnswers];
    const other: ScenarioSession = { ...(healthy()[0] as ScenarioSession), ms: 5 };
    const parts = [
      twice(one, { kind: 'session', session: { ...loaded, ms: 6 }, scenarios: [] }),
      twice(two, { kind: 'session', session: facts(), scenarios: [other] }),
      twice(three, result(facts(), ['lsm-override', 'no-lsm'])),
    ];
    const { results } = join(parts);
    expect(results[0]).toEqual(join(whole).results[0]);
    expect(results[1]).toMatchObject({ session: { ms: 6 }, scenarios: [{ ms: 5 }, {}, {}] });
  });

  it.each<[string, readonly ShardAnswers[]]>([
    ['no session that the plan has', replaced(answer(3, facts(), ['no-lsm']))],
    ['a shard that says nothing', whole.slice(0, 2)],
    [
      'one that was asked less often',
      replaced({ shard: 2, results: [result(facts(), ['lsm']), result(facts(), ['lsm'])] }),
    ],
  ])('is refused with %s', (_, parts) => {
    expect(() => join(parts)).toThrow(Error);
  });
});

describe('a shard that could not have the kernel', () => {
  it('leaves its sessions broken, with its reason, and a failure that another has proved stands', () => {
    const { results } = join(replaced({ shard: 2, results: [missing] }));
    const why = 'shard 2 could not have this kernel, and another could: ARCHIVE_UNREACHABLE: no route';
    expect(faultsOf(results)).toEqual([null, why, null, null]);
    expect(judgeResults(results, [])).toMatchObject({ status: 'broken', cause: 'SHARD_INCOMPLETE' });
  });

  it('may be the one that was to load the objects', () => {
    const { results } = join(replaced({ shard: 1, results: [missing] }));
    expect(results[0]).toMatchObject({ session: { asked: 1, objects: [], console: null }, scenarios: [{}, {}, {}] });
    expect(judgeResults(results, [])).toMatchObject({ status: 'broken', cause: 'SHARD_INCOMPLETE' });
  });

  it('is as in one run where no shard could', () => {
    const { results } = join(whole.map(({ shard }) => ({ shard, results: [missing] as const })));
    expect(results).toEqual([missing]);
  });
});

describe('shards of which one', () => {
  const other = (more: Partial<KernelIdentity>): ShardAnswers =>
    answer(2, facts({ identity: { ...loaded.identity, ...more } }), ['lsm']);

  it('had another kernel of the name have no common answer', () => {
    const { results } = join(replaced(other({ imageSha256: 'f'.repeat(64), version: '6.12.99-1' })));
    expect(faultsOf(results)[1]).toMatch(/^shard 2 had another 6\.12: 6\.12\.99-1 \(image f{12}\) in place of /);
    expect(judgeResults(results, [])).toMatchObject({ status: 'broken', cause: 'SHARD_INCOMPLETE' });
  });

  it('came by the same one in another way do', () => {
    expect(join(replaced(other({ suite: 'another' }))).results).toEqual(join(whole).results);
  });

  it('had a machine for facts that broke say so', () => {
    const { results, notices } = join(replaced(answer(3, facts({ fault: panic }), ['lsm-override', 'no-lsm'])));
    expect(results).toEqual(join(whole).results);
    expect(notices).toEqual([
      '6.12: the machine that shard 3 asked for facts broke, and no verdict rests on it: the kernel panicked',
    ]);
  });
});

describe('what sessions took', () => {
  const timed = healthy().map((one) => ({ ...one, ms: 51_400, sessions: { all: 3, reused: 0, since: null } }));

  it('is known in whole seconds', () => {
    expect(measuredUnits('6.12', { kind: 'session', session: loading({ ms: 400 }), scenarios: timed })).toEqual([
      { kernel: '6.12', session: 'load', seconds: 1 },
      ...['lsm', 'lsm-override', 'no-lsm'].map((session) => ({ kernel: '6.12', session, seconds: 51 })),
    ]);
  });

  it('is not known of those that broke, or are of an earlier run', () => {
    const [first, second, third] = timed;
    const since = '2026-11-28T00:00:00.000Z';
    const scenarios = [
      { ...first, fault: panic },
      { ...second, sessions: { all: 3, reused: 1, since } },
      { ...third, sessions: { all: 3, reused: 0, since: null, inPart: 1 } },
      { ...third, sessions: undefined },
    ] as readonly ScenarioSession[];
    expect(measuredUnits('6.12', { kind: 'session', session: loading({ since }), scenarios })).toEqual([]);
    expect(measuredUnits('6.12', missing)).toEqual([]);
  });
});
