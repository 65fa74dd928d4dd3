// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { aegisEvents as reader } from '../../../contracts/aegis/event-reader.js';
import type { AttemptOutcome } from '../../../model/scenario-evidence.js';
import { judgeDenial } from '../../../verdict/judge-denial.js';
import {
  allowed,
  codes,
  attempt,
  denial,
  event,
  everyOutcome,
  killedBy,
  killing,
  check,
  missing,
  patternOf,
  refused,
  succeeded,
  reported,
  uncovered,
  verdicts,
} from '../../fixtures/evidence.js';

const judged = (evidence: ReturnType<typeof denial>) => judgeDenial(evidence, reader);
const neighbour = check(succeeded);
const denied = (outcome: AttemptOutcome) => ({ denied: reported(outcome, 'BLOCK'), neighbour });
const absent: AttemptOutcome = { kind: 'absent', detail: 'CONFIG_IO_URING is off' };
const noEntry: AttemptOutcome = { kind: 'returned', errno: 2 };
const except = (...kept: readonly AttemptOutcome[]) => everyOutcome.filter((one) => !kept.includes(one));

describe('a denial', () => {
  it('passes on every check when the whole quartet holds', () => {
    expect(verdicts(denial())).toEqual({
      control: 'pass',
      'control neighbour': 'pass',
      denied: 'pass',
      event: 'pass',
      neighbour: 'pass',
      'neighbour event': 'pass',
      audit: 'pass',
      'audit event': 'pass',
    });
  });

  it('has no more checks than were looked at', () => {
    const alone = denial({
      control: { attempt: attempt(succeeded), neighbour: null },
      enforced: { denied: reported(refused, 'BLOCK'), neighbour: null },
      audited: null,
    });
    expect(verdicts(alone)).toEqual({ control: 'pass', denied: 'pass', event: 'pass' });
  });

  it('has no check of an agent that enforces where none does', () => {
    const { audited } = denial();
    const observing = denial({ enforced: null });
    expect(verdicts(observing)).toEqual({
      control: 'pass',
      'control neighbour': 'pass',
      audit: 'pass',
      'audit event': 'pass',
    });
    expect(codes(denial({ enforced: null, audited: reported(refused, 'AUDIT') }))).toEqual(['AUDIT_DENIED']);
    const stopped = { ...observing, audited: { denied: audited!.denied, neighbour: check(refused) } };
    expect(verdicts(stopped)).toMatchObject({ 'audit neighbour': 'AUDIT_DENIED', 'audit neighbour event': 'pass' });
    const loud = { ...observing, audited: { denied: audited!.denied, neighbour: reported(succeeded, 'AUDIT') } };
    expect(verdicts(loud)).toMatchObject({ 'audit neighbour': 'pass', 'audit neighbour event': 'EVENT_WRONG' });
  });

  it('names class, environment and scenario, and what was attempted', () => {
    for (const check of judged(denial({ environment: 'no-lsm', class: 'exec', scenario: 'execve' }))) {
      expect(check).toMatchObject({ class: 'exec', environment: 'no-lsm', scenario: 'execve' });
    }
    const attempts = judged(denial()).map(({ attempt }) => attempt);
    expect(attempts.slice(0, 3)).toEqual(['open /t/secret r', 'open /t/plain r', 'open /t/secret r']);
  });

  it.each(except(refused))('is proved by exactly EPERM, not by %j', (outcome) => {
    const expected =
      outcome.kind === 'signalled'
        ? 'WRONG_SIGNAL'
        : outcome.kind === 'not-arranged'
          ? 'FALSE_BLOCK'
          : 'ENFORCEMENT_LEAK';
    expect(verdicts(denial({ enforced: denied(outcome) }))['denied']).toBe(expected);
  });

  it('may ask for another errno, and then takes no EPERM', () => {
    const eacces = { kind: 'returned', errno: 13 } as const;
    expect(codes(denial({ expected: eacces, enforced: denied(eacces) }))).toEqual([]);
    expect(codes(denial({ expected: eacces, enforced: denied(refused) }))).toEqual(['ENFORCEMENT_LEAK']);
  });

  describe('by another rule of the same policy', () => {
    const eacces: AttemptOutcome = { kind: 'returned', errno: 13 };
    const byInode = { dev: 20, ino: 99 };
    const enforced = (outcome: AttemptOutcome, more: Readonly<Record<string, unknown>>) => ({
      denied: reported(outcome, 'BLOCK', more),
      neighbour,
    });

    it('is no leak where the event of the process says so, and the check says so too', () => {
      const checks = judged(denial({ enforced: enforced(eacces, byInode) }));
      const outcomeOf = (name: string) => checks.find(({ check: one }) => one === name)?.outcome;
      expect(outcomeOf('denied')).toEqual({ kind: 'pass', detail: 'EACCES by another rule: block BLOCK' });
      expect(outcomeOf('event')).toEqual({ kind: 'pass', detail: 'of another rule: block BLOCK' });
    });

    it.each([
      ['no event', { denied: check(eacces, [], reported(eacces, 'BLOCK').pattern), neighbour }],
      ['an event that does not claim to have stopped it', enforced(eacces, { ...byInode, action: 'AUDIT' })],
      ['an event of this very rule', enforced(eacces, {})],
      ['an outcome that is no refusal', enforced(succeeded, byInode)],
      ['an errno of something else', enforced(noEntry, byInode)],
    ])('is a leak with %s', (_, one) => {
      expect(verdicts(denial({ enforced: one }))['denied']).toBe('ENFORCEMENT_LEAK');
    });

    it('with the errno of this one leaves the event wrong', () => {
      expect(codes(denial({ enforced: enforced(refused, byInode) }))).toEqual(['EVENT_WRONG']);
    });
  });

  it.each(except(succeeded))('a neighbour that comes to %j is a false block', (outcome) => {
    const enforced = { denied: reported(refused, 'BLOCK'), neighbour: check(outcome) };
    expect(verdicts(denial({ enforced }))).toMatchObject({ neighbour: 'FALSE_BLOCK', denied: 'pass' });
  });

  it.each(except(succeeded))('audit that comes to %j is no audit', (outcome) => {
    expect(codes(denial({ audited: reported(outcome, 'AUDIT') }))).toEqual(['AUDIT_DENIED']);
  });

  it('says what had to happen and what did', () => {
    const leak = judged(denial({ enforced: denied(succeeded) })).find(({ check: name }) => name === 'denied');
    expect(leak?.outcome).toMatchObject({ expected: 'EPERM', actual: 'succeeded' });
    const wrong = judged(killing(15, 'TERM', { enforced: denied(killedBy(2)) }));
    expect(wrong.find(({ check: name }) => name === 'denied')?.outcome).toMatchObject({
      code: 'WRONG_SIGNAL',
      expected: 'killed by SIGTERM',
      actual: 'killed by SIGINT',
    });
  });
});

describe('a denial by signal', () => {
  it.each([
    [15, 'TERM'],
    [2, 'INT'],
    [9, 'KILL'],
  ])('is proved by signal %i and the action %s', (signal, action) => {
    expect(codes(killing(signal, action))).toEqual([]);
  });

  it.each(everyOutcome)('takes %j for what it is', (outcome) => {
    const expected = {
      returned: 'ENFORCEMENT_LEAK',
      'timed-out': 'ENFORCEMENT_LEAK',
      absent: 'ENFORCEMENT_LEAK',
      'not-arranged': 'FALSE_BLOCK',
      signalled: outcome.kind === 'signalled' && outcome.signal === 15 ? 'pass' : 'WRONG_SIGNAL',
    }[outcome.kind];
    const enforced = { denied: reported(outcome, 'TERM'), neighbour };
    expect(verdicts(killing(15, 'TERM', { enforced }))['denied']).toBe(expected);
  });

  it('is not proved by an event that names another signal', () => {
    const enforced = { denied: reported(killedBy(15), 'KILL'), neighbour };
    expect(codes(killing(15, 'TERM', { enforced }))).toEqual(['EVENT_WRONG']);
  });
});

describe('a vacuous denial', () => {
  const checks = ['denied', 'event', 'neighbour', 'neighbour event', 'audit', 'audit event'];

  it.each(except(succeeded).filter(({ kind }) => kind !== 'absent'))(
    'proves nothing where the control comes to %j',
    (outcome) => {
      for (const control of [
        { attempt: attempt(outcome), neighbour: attempt(succeeded) },
        { attempt: attempt(succeeded), neighbour: attempt(outcome) },
      ]) {
        const seen = verdicts(denial({ control }));
        expect(Object.values(seen)).toContain('CONTROL_FAILED');
        for (const name of checks) expect(seen[name]).toBe('unproved');
      }
    },
  );

  it('leaves unproved what was not looked at, and never passes it', () => {
    const seen = verdicts(denial({ enforced: { denied: missing, neighbour: missing }, audited: missing }));
    for (const name of checks) expect(seen[name]).toBe('unproved');
  });

  it('does not find a failure of the agent behind a failed control', () => {
    const control = { attempt: attempt(noEntry), neighbour: attempt(succeeded) };
    expect(codes(denial({ control, enforced: denied(succeeded) }))).toEqual(['CONTROL_FAILED']);
  });
});

describe('a facility that a kernel may lack', () => {
  const without = { attempt: attempt(absent), neighbour: attempt(absent) };

  it('is not offered where the scenario says so', () => {
    expect(verdicts(denial({ control: without, optional: true }))).toEqual({ control: 'not-offered' });
    expect(verdicts(uncovered({ control: attempt(absent), optional: true }))).toEqual({ control: 'not-offered' });
    expect(verdicts(allowed({ control: attempt(absent), optional: true }))).toEqual({ control: 'not-offered' });
    const half = { attempt: attempt(succeeded), neighbour: attempt(absent) };
    expect(verdicts(denial({ control: half, optional: true }))).toEqual({ control: 'not-offered' });
  });

  it('is a failed control everywhere else', () => {
    expect(verdicts(denial({ control: without }))).toEqual({ control: 'CONTROL_FAILED' });
    expect(verdicts(uncovered({ control: attempt(absent) }))).toEqual({ control: 'CONTROL_FAILED' });
    expect(verdicts(allowed({ control: attempt(absent) }))).toEqual({ control: 'CONTROL_FAILED' });
  });

  it('is no excuse for a control that failed in another way', () => {
    const control = { attempt: attempt(noEntry), neighbour: attempt(succeeded) };
    expect(codes(denial({ control, optional: true }))).toEqual(['CONTROL_FAILED']);
  });

  it('cannot vanish once there is an agent', () => {
    expect(codes(denial({ optional: true, enforced: denied(absent) }))).toEqual(['ENFORCEMENT_LEAK']);
    expect(codes(denial({ optional: true, audited: reported(absent, 'AUDIT') }))).toEqual(['AUDIT_DENIED']);
    expect(codes(allowed({ optional: true, observed: check(absent) }))).toEqual(['FALSE_BLOCK']);
  });
});

describe('an attempt out of reach', () => {
  it('succeeds', () => {
    expect(verdicts(uncovered())).toEqual({
      control: 'pass',
      'not covered': 'pass',
      'not covered event': 'pass',
    });
  });

  it('is gained, not passed, where it is met after all', () => {
    for (const outcome of [refused, killedBy(15)]) {
      expect(verdicts(uncovered({ observed: check(outcome) }))['not covered']).toBe('gained');
    }
  });

  it.each([noEntry, { kind: 'timed-out' }, { kind: 'not-arranged', detail: 'no file' }, killedBy(11)] as const)(
    'is no improvement where it fails in another way: %o',
    (outcome) => {
      expect(verdicts(uncovered({ observed: check(outcome) }))['not covered']).toBe('CONTROL_FAILED');
    },
  );

  it('is not boasted of', () => {
    expect(verdicts(uncovered({ observed: reported(succeeded, 'BLOCK') }))['not covered event']).toBe('EVENT_WRONG');
    expect(verdicts(uncovered({ observed: reported(succeeded, 'AUDIT') }))['not covered event']).toBe('pass');
  });

  it('proves nothing without its control or its check', () => {
    expect(verdicts(uncovered({ control: attempt(noEntry) }))).toEqual({
      control: 'CONTROL_FAILED',
      'not covered': 'unproved',
      'not covered event': 'unproved',
    });
    expect(verdicts(uncovered({ observed: missing }))['not covered']).toBe('unproved');
  });
});

describe('an attempt that nobody may stop', () => {
  it('succeeds in silence', () => {
    expect(verdicts(allowed())).toEqual({ control: 'pass', allowed: 'pass', silence: 'pass' });
  });

  it.each(except(succeeded))('is a false block when it comes to %j', (outcome) => {
    expect(verdicts(allowed({ observed: check(outcome) }))).toMatchObject({ allowed: 'FALSE_BLOCK', silence: 'pass' });
  });

  it('is not told of', () => {
    const observed = check(succeeded, [event({ action: 'AUDIT' })], patternOf('AUDIT'));
    expect(verdicts(allowed({ observed }))).toMatchObject({ allowed: 'pass', silence: 'EVENT_WRONG' });
  });

  it.each([noEntry, { kind: 'timed-out' }, { kind: 'not-arranged', detail: 'no file' }, killedBy(11)] as const)(
    'is no improvement where it fails in another way: %o',
    (outcome) => {
      expect(verdicts(uncovered({ observed: check(outcome) }))['not covered']).toBe('CONTROL_FAILED');
    },
  );

  it('is not boasted of', () => {
    expect(verdicts(uncovered({ observed: reported(succeeded, 'BLOCK') }))['not covered event']).toBe('EVENT_WRONG');
    expect(verdicts(uncovered({ observed: reported(succeeded, 'AUDIT') }))['not covered event']).toBe('pass');
  });

  it('proves nothing without its control or its check', () => {
    expect(verdicts(allowed({ control: attempt(refused) }))).toEqual({ control: 'CONTROL_FAILED' });
    expect(verdicts(allowed({ observed: missing }))).toMatchObject({ allowed: 'unproved', silence: 'unproved' });
  });
});
