// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { programsInElf } from '../../../config/elf-symbols.js';
import { ownActionField } from '../../../model/event-fields.js';
import { isFailedCheck } from '../../../model/check.js';
import type { Finding } from '../../../model/finding.js';
import { faults } from '../../../run/selftest/faults.js';
import { notOneFinding } from '../../../run/selftest/one-finding.js';
import { withoutCounts } from '../../../verdict/finding-roots.js';
import { findingsOf } from '../../../verdict/findings.js';
import { provedMachines } from '../../../verdict/judge-session.js';
import { unnamedTarget } from '../../../target.js';
import { plantedSessions } from '../../fixtures/planted.js';

/** What a planted fault is put down to; `object`: the one that the agent had. */
function findingsIn(name: string, object = 'build/aegis.bpf.o'): readonly Finding[] {
  const programs = programsInElf(readFileSync(object));
  return findingsOf('6.12', provedMachines(plantedSessions(name), unnamedTarget), [{ object: 'aegis', programs }]);
}

function only(name: string, object?: string): Finding {
  const [first, ...others] = findingsIn(name, object);
  if (first === undefined || others.length > 0) throw new Error(`${name}: ${others.length + 1} findings`);
  return first;
}

// A panic is a fault of the machine, and a load has no scenarios.
const proved = faults.filter(({ target, name }) => target.kind !== 'load' && name !== 'panic');

describe('each planted fault is one finding', () => {
  it.each(proved)('$name', (fault) => {
    const object = fault.target.kind === 'object' ? `build/selftest/${fault.name}.bpf.o` : undefined;
    const causes = findingsIn(fault.name, object);
    const expected = fault.caught('6.12');
    expect(causes).toHaveLength(expected.length === 0 ? 0 : 1);
    expect(notOneFinding(fault, { expected, raised: expected, causes })).toBeNull();
  });

  it.each(proved)('$name: every failed check is in it, once', ({ name }) => {
    const failed = provedMachines(plantedSessions(name), unnamedTarget).flatMap(({ report }) =>
      report.checks.filter(({ outcome }) => outcome.kind === 'fail' || outcome.kind === 'unproved'),
    );
    const keyOf = ({ class: of, environment, scenario, check }: Finding['refs'][number]): string =>
      JSON.stringify([of, environment, scenario, check]);
    const refs = findingsIn(name).flatMap((one) => one.refs.map(keyOf));
    expect(refs.toSorted()).toEqual(failed.map(keyOf).toSorted());
    expect(new Set(refs).size).toBe(refs.length);
    const counted = findingsIn(name).reduce((sum, { checks }) => sum + checks, 0);
    expect(counted).toBe(failed.filter(isFailedCheck).length);
  });
});

describe('a dead hook', () => {
  const finding = only('dead-hook');

  it('names hook, program, and the first attempt that it let through', () => {
    expect(finding).toMatchObject({
      code: 'SILENT_DOWNGRADE',
      title: 'no program is live at file_open, and the agent claims ENFORCE: deny_open is not attached',
      hook: 'file_open',
      program: 'deny_open',
      environments: ['lsm'],
      first: { scenario: 'open(2) for reading', attempt: 'open /t/enforce/file/secret r', actual: 'succeeded' },
      eventClaim: null,
      next: 'attach deny_open to file_open, and look for an error of attaching that is dropped',
      doc: 'docs/failure-codes.md#silent_downgrade',
    });
  });

  it('has everything that it let through below it', () => {
    expect(finding.folded).toContainEqual({ code: 'ENFORCEMENT_LEAK', count: 37 });
    expect(finding.byClass[0]).toEqual({ class: 'bypass', count: 63 });
  });

  it('that the object has no program for says so', () => {
    const { title, next } = only('program_dropped', 'build/selftest/program_dropped.bpf.o');
    expect(next).toBe('bring a program for locked_down back into the object, or do not claim ENFORCE');
    expect(title).toMatch(/locked_down, and the agent claims ENFORCE: the object has no program for it$/);
  });
});

describe('a hook that lets through what it should deny', () => {
  it('is told apart from the other hook of an open by what still holds, and says what its event claims', () => {
    const { hook, candidates, eventClaim, title } = only('hook_returns_zero');
    expect([hook, candidates, eventClaim]).toEqual(['file_open', [], 'BLOCK']);
    expect(title).toBe('what must be denied gets through at the hook file_open (program deny_open)');
  });
});

it.each([
  ['hook_returns_zero', 'return -EPERM from deny_open where it reports BLOCK: '],
  ['missing_event', 'look where deny_bind drops the event of `bind '],
  ['audit-denies', 'bring the mode to the program that decides'],
  ['wrong-signal', 'send the configured signal (killed by SIGTERM); on tracepoints '],
  ['never-starts', 'paste command.txt of '],
  ['early-enforce', 'report and announce '],
])('%s: says what to do about it', (fault, next) => {
  expect(findingsIn(fault).map((finding) => finding.next.slice(0, next.length))).toEqual([next]);
});

it("has the agent's own word for what its event claims", () => {
  const sessions = plantedSessions('hook_returns_zero').map((session) => ({
    ...session,
    evidence: session.evidence.map((one) => (one.kind === 'denial' ? inOwnWords(one) : one)),
  }));
  const programs = programsInElf(readFileSync('build/aegis.bpf.o'));
  const [finding] = findingsOf('6.12', provedMachines(sessions, unnamedTarget), [{ object: 'aegis', programs }]);
  expect(finding).toMatchObject({ eventClaim: 'BLOCK', eventWord: 'denied' });
  expect(finding?.next).toContain('where it reports denied: ');
});

function inOwnWords<T extends { readonly enforced: Extract<Observed, { kind: 'denial' }>['enforced'] }>(one: T): T {
  if (one.enforced === null || 'missing' in one.enforced.denied) return one;
  const { denied } = one.enforced;
  const events = denied.events.map((event) => ({ ...event, [ownActionField]: 'denied' }));
  return { ...one, enforced: { ...one.enforced, denied: { ...denied, events } } };
}
type Observed = ReturnType<typeof plantedSessions>[number]['evidence'][number];

it('many hooks at once are one finding that names them', () => {
  expect(only('bare-hooks')).toMatchObject({ hook: null, candidates: { length: 8 }, code: 'SILENT_DOWNGRADE' });
});

it('a count is no part of what a finding is, a status is', () => {
  expect(withoutCounts('20 opens succeeded, 4 were denied')).toBe('n opens succeeded, n were denied');
  for (const text of ['exit 1', 'exit 1 in the end', 'killed by signal 6 at once', 'errno 5', '10.0.0.1 reached'])
    expect(withoutCounts(text)).toBe(text);
});

it('two faults at once are two findings', () => {
  const found = findingsIn('dead-hook-and-missing_event');
  expect(found.map(({ code, hook }) => [code, hook])).toEqual([
    ['SILENT_DOWNGRADE', 'file_open'],
    ['EVENT_MISSING', 'socket_bind'],
  ]);
});

it('what could not be looked at is below the end of the agent in its phase', () => {
  expect(only('crash').folded).toEqual([{ code: 'unproved', count: 92 }]);
});

it('kinds of rule that are refused in the same words are one finding that names them', () => {
  const { title, rule, folded } = only('network-defeats-fallback');
  expect(title).toMatch(/^the agent refuses deny_ip, deny_cidr, deny_ip_port, deny_port rules: exit 1/);
  expect(rule).toBeNull();
  expect(folded).toEqual([{ code: 'unproved', count: expect.any(Number) as number }]);
});

it('an agent that gives up is one finding, and what its audit phase missed another', () => {
  const found = findingsIn('gives-up');
  expect(found.map(({ code, hook }) => [code, hook])).toEqual([
    ['POSTURE_DISHONEST', null],
    ['POSTURE_DISHONEST', null],
    ['EVENT_MISSING', 'file_open'],
  ]);
});

describe('opens of a watch that were let through', () => {
  type Evidence = ReturnType<typeof plantedSessions>[number]['evidence'][number];
  type Denial = Extract<Evidence, { kind: 'denial' }>;

  /** No rule on paths holds, at whichever hook; those on inodes do. */
  const pathsLeak = (one: Denial): Denial => {
    if (one.enforced === null || 'missing' in one.enforced.denied) return one;
    const holds = one.scenario === 'a rule on an inode' || one.scenario.startsWith('mapping ');
    const { denied } = one.enforced;
    const outcome = { kind: 'returned', errno: holds ? 1 : 0 } as const;
    return { ...one, enforced: { ...one.enforced, denied: { ...denied, attempt: { ...denied.attempt, outcome } } } };
  };

  const found = (denied: number, attempt: number | null = null): readonly Finding[] => {
    const [session, ...others] = plantedSessions('hook_returns_zero');
    const evidence = session!.evidence.map((one): Evidence => {
      if (one.kind === 'denial') return pathsLeak(one);
      if (one.kind !== 'posture' || one.expected !== 'ENFORCE' || attempt === null) return one;
      const outcome = { kind: 'returned', errno: attempt } as const;
      return { ...one, attempt: { operation: 'open /t/posture-row/secret r', pid: 9, outcome } };
    });
    const scenario = 'enforcement is announced when it is true';
    const about = { class: 'posture', scenario, environment: 'lsm', check: 'announcement' } as const;
    const seen = { kind: 'watch', blames: 'POSTURE_DISHONEST', announced: true, opened: 20, denied } as const;
    const planted = { ...session!, evidence: [...evidence, { ...about, ...seen }] };
    return findingsOf('6.12', provedMachines([planted, ...others], unnamedTarget), []);
  };
  const codes = (findings: readonly Finding[]): readonly string[] => findings.map(({ code }) => code);

  it('follow from a kind of rule that never denied an open', () => {
    const findings = found(0);
    expect(codes(findings)).toEqual(['ENFORCEMENT_LEAK']);
    expect(findings[0]).toMatchObject({ hook: null, rule: 'deny_path' });
    expect(findings[0]?.folded).toContainEqual({ code: 'POSTURE_DISHONEST', count: 1 });
  });

  it('are a finding of their own where such an open was denied once', () => {
    expect(codes(found(4))).toContain('POSTURE_DISHONEST');
    expect(codes(found(0, 1))).toContain('POSTURE_DISHONEST');
    expect(codes(found(0, 0))).not.toContain('POSTURE_DISHONEST');
  });
});
