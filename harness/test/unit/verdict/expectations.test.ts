// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { agentChoices } from '../../../config/agent.js';
import { programSections, readBpfElf } from '../../../config/elf.js';
import { elfProgramNames } from '../../../config/elf-symbols.js';
import { expectedOfOwn } from '../../../config/expectations.js';
import { isOneOf } from '../../../config/glob.js';
import { conventions } from '../../../contracts/registry.js';
import type { ObjectEvidence, PartialEvidence, ProgramEvidence, WholeEvidence } from '../../../model/evidence.js';
import type { Expectation, ExpectationList } from '../../../model/expectation.js';
import type { KernelReport, ObjectReport } from '../../../model/report.js';
import { expectationFindings, expectationNotices } from '../../../verdict/expectation-findings.js';
import { expectedOn, doesVerdictCount } from '../../../verdict/expectations.js';
import { judgeObject } from '../../../verdict/judge-object.js';
import { declaredProgram, loadedEvidence, objectEvidence, rejectedEvidence } from '../../fixtures/evidence-load.js';
import { unavailable515 } from '../../fixtures/report-base.js';
import { factsOf, ranKernel } from '../../fixtures/report-parts.js';

const entry = (more: Partial<Expectation>): Expectation => ({
  object: '*',
  program: '*',
  kernels: null,
  expect: 'fails',
  code: null,
  reason: 'said so',
  ...more,
});

const attached = (names: readonly string[]): WholeEvidence => ({
  stage: 'done',
  errno: 0,
  stoppedAt: null,
  libbpf: [],
  attach: new Map(names.map((name) => [name, { kind: 'attached', place: null } as const])),
});
const stoppedAt = (name: string): WholeEvidence => ({ ...attached([]), stage: 'prog', errno: 22, stoppedAt: name });

const without = (programs: readonly string[], rest: WholeEvidence): PartialEvidence => ({
  ...rest,
  withoutPrograms: programs,
  withoutMaps: [],
});

/** As the guest answers: the whole stops at what fails, the rest is loaded without it and attached. */
const withoutB = (parts: Partial<ObjectEvidence> = {}): ObjectEvidence =>
  objectEvidence([loadedEvidence('a'), rejectedEvidence('b')], {
    whole: stoppedAt('b'),
    partial: without(['b'], attached(['a'])),
    ...parts,
  });

function judged(evidence: ObjectEvidence, ...entries: readonly Expectation[]): ObjectReport {
  return judgeObject(evidence, {
    facts: { btf: { sha256: 'aa', size: 1 }, release: '6.12.1', machine: 'x86_64', config: null },
    logPath: (program) => `logs/${program}.log`,
    libbpfPath: 'logs/libbpf.log',
    expected: expectedOn({ id: '6.12', release: '6.12.1' }, evidence.object, entries),
  });
}

const expectedOf = (report: ObjectReport, name: string) => report.programs.find((one) => one.name === name)?.expected;

describe('of several entries', () => {
  const kernel = { id: '6.12', release: '6.12.1', machine: 'x86_64', config: null };
  const reasonFor = (...entries: readonly Expectation[]) => expectedOn(kernel, 'aegis', entries)('deny_open')?.reason;

  it('the last that matches holds', () => {
    const [first, second] = [entry({ reason: 'first' }), entry({ program: 'deny_*', reason: 'second' })];
    expect([reasonFor(first, second), reasonFor(second, first)]).toEqual(['second', 'first']);
  });

  it.each([
    { object: 'mini' },
    { program: 'deny_bind' },
    { program: 'deny' },
    { kernels: '<6.12' },
    { kernels: '6.1' },
  ])('%j does not', (more) => {
    expect(reasonFor(entry({ reason: 'before' }), entry({ ...more, reason: 'after' }))).toBe('before');
  });
});

describe('fails', () => {
  it('with the code that was expected passes, and says what it is', () => {
    const report = judged(withoutB(), entry({ program: 'b', code: 'VERIFIER_REJECTED' }));
    expect(report.verdict).toEqual({ kind: 'pass' });
    expect(report.programs[0]?.attach.kind).toBe('attached');
    expect([report.whole.kind, report.partial?.withoutPrograms]).toEqual(['failed', ['b']]);
    expect(report.programs[1]).toMatchObject({
      verdict: { kind: 'fail', code: 'VERIFIER_REJECTED' },
      load: { kind: 'failed' },
      attach: { kind: 'not-tried' },
      expected: { expect: 'fails', outcome: 'holds', reason: 'said so' },
    });
  });

  it('with any code, where none is named', () => {
    expect(expectedOf(judged(withoutB(), entry({ program: 'b' })), 'b')).toMatchObject({ outcome: 'holds' });
  });

  it('with another code is a failure', () => {
    const report = judged(withoutB(), entry({ program: 'b', code: 'HELPER_UNSUPPORTED' }));
    expect(report.verdict).toEqual({ kind: 'fail', stage: 'load', code: 'VERIFIER_REJECTED' });
    expect(expectedOf(report, 'b')).toMatchObject({ outcome: 'other-code', code: 'HELPER_UNSUPPORTED' });
  });

  it('and loads is no longer true', () => {
    const report = judged(objectEvidence([loadedEvidence('a')]), entry({ program: 'a' }));
    expect(report.verdict).toEqual({ kind: 'pass' });
    expect(expectedOf(report, 'a')).toMatchObject({ outcome: 'passes' });
  });

  it('excuses nobody else', () => {
    const evidence = objectEvidence([loadedEvidence('a'), rejectedEvidence('b'), rejectedEvidence('c')], {
      whole: stoppedAt('c'),
      partial: without(['b', 'c'], attached(['a'])),
    });
    const report = judged(evidence, entry({ program: 'b' }));
    expect(report.verdict).toMatchObject({ kind: 'fail', code: 'VERIFIER_REJECTED' });
    expect(report.programs.map(doesVerdictCount)).toEqual([false, false, true]);
    expect(report.whole).toMatchObject({ why: { decidingLine: expect.stringMatching(/^c: /) as unknown } });
  });

  it('is something that was tested: its object is not one of which nothing was', () => {
    const alone = objectEvidence([rejectedEvidence('b')], { whole: stoppedAt('b') });
    expect(judged(alone, entry({})).verdict).toEqual({ kind: 'pass' });
    expect(judged(alone, entry({ expect: 'optional' })).verdict).toMatchObject({ code: 'NOTHING_TESTED' });
    expect(judged(alone, entry({ code: 'MAP_UNSUPPORTED' })).verdict).toMatchObject({ code: 'VERIFIER_REJECTED' });
  });

  it('does not hide that the rest does not load', () => {
    const partial = without(['b'], { ...attached([]), stage: 'map', errno: 22, stoppedAt: 'ring' });
    expect(judged(withoutB({ partial }), entry({ program: 'b' })).verdict).toMatchObject({ code: 'MAP_UNSUPPORTED' });
  });

  it('takes a map along that it alone uses, and no other', () => {
    const needs = { ...rejectedEvidence('b'), missingMaps: ['arena'] };
    const maps = [{ map: 'arena', errno: 22, asked: null }];
    const partial = { ...without(['b'], attached(['a'])), withoutMaps: ['arena'] };
    const evidence = objectEvidence([loadedEvidence('a'), needs], { whole: stoppedAt('arena'), partial, maps });
    expect(judged(evidence, entry({ program: 'b' })).verdict).toEqual({ kind: 'pass' });
    const programs = [loadedEvidence('a'), rejectedEvidence('b')];
    expect(judged({ ...evidence, programs }, entry({ program: 'b' })).verdict.kind).toBe('fail');
  });

  it('does not excuse an object whose programs load, and which does not', () => {
    const evidence = objectEvidence([loadedEvidence('a')], { whole: stoppedAt('a') });
    expect(judged(evidence, entry({ program: 'a', expect: 'optional' })).verdict).toMatchObject({
      code: 'LOAD_FAILED',
    });
  });

  it('to attach, too', () => {
    const refused = { kind: 'failed', errno: 16, libbpf: ['busy'], attachPoint: null, symbol: null } as const;
    const whole = { ...attached([]), attach: new Map([['a', refused]]) };
    const evidence = objectEvidence([loadedEvidence('a')], { whole });
    expect(judged(evidence).verdict).toMatchObject({ code: 'ATTACH_FAILED' });
    expect(judged(evidence, entry({ code: 'ATTACH_FAILED' })).verdict).toEqual({ kind: 'pass' });
    expect(judged(evidence, entry({ code: 'VERIFIER_REJECTED' })).verdict).toMatchObject({ code: 'ATTACH_FAILED' });
  });

  it('to attach is open where attaching was not tried', () => {
    const evidence = objectEvidence([loadedEvidence('a'), rejectedEvidence('b')], { whole: stoppedAt('b') });
    const outcome = (code: Expectation['code']) => expectedOf(judged(evidence, entry({ program: 'a', code })), 'a');
    expect(outcome('ATTACH_FAILED')).toMatchObject({ outcome: 'undecided' });
    expect(outcome('VERIFIER_REJECTED')).toMatchObject({ outcome: 'passes' });
  });
});

describe('optional and required', () => {
  const sections = (b: ProgramEvidence, autoload: boolean): ObjectEvidence =>
    objectEvidence([loadedEvidence('a'), b], {
      declared: { programs: [declaredProgram('a'), declaredProgram('b', autoload)], maps: [], tables: new Map() },
      whole: attached(autoload ? ['a', 'b'] : ['a']),
    });

  it('optional is not held against the run', () => {
    const report = judged(withoutB(), entry({ program: 'b', expect: 'optional' }));
    expect(report.verdict).toEqual({ kind: 'pass' });
    expect(report.programs[1]).toMatchObject({ optional: true, expected: { expect: 'optional', reason: 'said so' } });
  });

  it('required is held against it, whatever its section says', () => {
    const evidence = sections(rejectedEvidence('b'), false);
    expect(judged(evidence).verdict).toEqual({ kind: 'pass' });
    const report = judged(evidence, entry({ program: 'b', expect: 'required' }));
    expect(report.verdict).toMatchObject({ code: 'VERIFIER_REJECTED' });
    expect(judged(sections(loadedEvidence('b'), false), entry({ expect: 'required' })).verdict.kind).toBe('pass');
  });

  it('that an optional one loads is as it should be', () => {
    const report = judged(objectEvidence([loadedEvidence('a')]), entry({ expect: 'optional' }));
    expect(report.programs[0]?.expected).toEqual({ expect: 'optional', reason: 'said so' });
  });
});

describe('the run', () => {
  const entries = [entry({ program: 'b', kernels: '>=6.8', code: 'VERIFIER_REJECTED' })];
  const whole: ExpectationList = { scope: 'whole', entries };
  const part: ExpectationList = { scope: 'part', entries };
  const on = (id: string, evidence: ObjectEvidence, list: ExpectationList): KernelReport => {
    const expected = expectedOn({ id, release: `${id}.0` }, evidence.object, list.entries);
    const facts = { btf: { sha256: 'aa', size: 1 }, release: `${id}.0`, machine: 'x86_64', config: null };
    const paths = { logPath: (program: string) => program, libbpfPath: 'libbpf' };
    return ranKernel(id, `${id}.0`, [judgeObject(evidence, { facts, expected, ...paths })]);
  };
  const bothLoad = objectEvidence([loadedEvidence('a'), loadedEvidence('b')]);
  const messages = (list: ExpectationList, ...kernels: readonly KernelReport[]) =>
    expectationFindings(list, kernels).map(({ message }) => message);

  it('has nothing to say where everything is as expected', () => {
    const kernels = [on('6.1', bothLoad, whole), on('6.12', withoutB(), whole)];
    expect([messages(whole, ...kernels), expectationNotices(whole, kernels)]).toEqual([[], []]);
  });

  it('has a finding for what was to fail and does not, once for all kernels', () => {
    const kernels = [on('6.1', bothLoad, whole), on('6.12', bothLoad, whole), on('6.17', bothLoad, whole)];
    expect(messages(whole, ...kernels)).toEqual([
      expect.stringMatching(/^expectations\.0: o\/b was to fail with VERIFIER_REJECTED .*said so.* 6\.12, 6\.17/),
    ]);
    expect(messages(part, ...kernels)).toHaveLength(1);
    expect(expectationFindings(whole, kernels)[0]?.verdict).toMatchObject({ code: 'EXPECTATION_CHANGED' });
  });

  it.each([
    [{ program: 'bb' }, /^expectations\.0: no program bb in an object \*; nearest: b, a/],
    [{ object: 'other', program: 'b' }, /^expectations\.0: no program b in an object other; objects of this run: o/],
  ])('has a finding for an entry about no program, a notice where it is a part: %j', (more, text) => {
    const list: ExpectationList = { scope: 'whole', entries: [entry(more)] };
    const kernels = [on('6.12', bothLoad, list)];
    expect(messages(list, ...kernels)).toEqual([expect.stringMatching(text)]);
    const limited: ExpectationList = { ...list, scope: 'part' };
    expect(messages(limited, ...kernels)).toEqual([]);
    expect(expectationNotices(limited, kernels)).toEqual([expect.stringMatching(text)]);
  });

  it('does not say so where no kernel told which programs there are', () => {
    const list: ExpectationList = { scope: 'whole', entries: [entry({ program: 'bb', kernels: '5.15' })] };
    expect([messages(list, unavailable515), expectationNotices(list, [unavailable515])]).toEqual([[], []]);
  });

  it('has a notice for an entry about no kernel of it, and for one that later ones hide', () => {
    const list: ExpectationList = {
      scope: 'whole',
      entries: [entry({ program: 'a', kernels: '5.10' }), entry({ program: 'b' }), entry({ expect: 'optional' })],
    };
    expect(expectationNotices(list, [on('6.12', bothLoad, list)])).toEqual([
      'expectations.0 is about no kernel of this run: 5.10',
      expect.stringMatching(/^expectations\.1 decides nothing/),
    ]);
  });

  it('has a notice for a failure to attach that nobody tried', () => {
    const list: ExpectationList = { scope: 'whole', entries: [entry({ program: 'a', code: 'ATTACH_FAILED' })] };
    const evidence = objectEvidence([loadedEvidence('a'), rejectedEvidence('b')], { whole: stoppedAt('b') });
    const kernels = [on('6.12', evidence, list)];
    expect(messages(list, ...kernels)).toEqual([]);
    expect(expectationNotices(list, kernels)).toEqual([expect.stringContaining('was not tried')]);
  });
});

describe('our own object on a kernel that attaches nothing to a hook', () => {
  const [choice] = agentChoices({}, conventions);
  const entries = expectedOfOwn(choice);
  const without = { CONFIG_DYNAMIC_FTRACE: 'y', CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS: 'n' };
  const refused = (errno: number): ObjectEvidence => {
    const attach = { kind: 'failed', errno, libbpf: ['no'], attachPoint: null, symbol: null } as const;
    return {
      ...objectEvidence([loadedEvidence('deny_open')]),
      object: 'aegis',
      whole: { ...attached([]), attach: new Map([['deny_open', attach]]) },
    };
  };
  const on = (options: Readonly<Record<string, string>> | null, evidence: ObjectEvidence): ObjectReport => {
    const config = options === null ? null : { sha256: 'aa', options };
    const expected = expectedOn({ id: '6.1/arm64', release: '6.1.0', options }, evidence.object, entries);
    const facts = { btf: { sha256: 'aa', size: 1 }, release: '6.1.0', machine: 'aarch64', config };
    return judgeObject(evidence, { facts, expected, logPath: (program) => program, libbpfPath: 'libbpf' });
  };
  const texts = (report: ObjectReport): readonly string[] =>
    expectationFindings({ scope: 'whole', entries }, [
      {
        ...ranKernel('6.1/arm64', '6.1.0', [report]),
        facts: { ...factsOf('6.1.0'), config: { sha256: 'aa', options: without } },
      },
    ]).map(({ message }) => message);

  it('fails as it was to, with the reason, and does not count', () => {
    const report = on(without, refused(524));
    expect(report.programs[0]?.expected).toMatchObject({
      outcome: 'holds',
      reason: expect.stringContaining('ftrace') as string,
    });
    expect(report.verdict.kind).toBe('pass');
    expect(texts(report)).toEqual([]);
  });

  it('counts where it fails otherwise, or where the kernel could attach it', () => {
    expect(on(without, refused(16)).verdict).toMatchObject({ code: 'ATTACH_FAILED' });
    for (const options of [
      { ...without, CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS: 'y' },
      { ...without, CONFIG_DYNAMIC_FTRACE: 'n' },
      null,
    ]) {
      expect(on(options, refused(524)).verdict).toMatchObject({ code: 'ATTACH_FAILED' });
    }
  });

  it('fails the run where it begins to pass', () => {
    const passing = { ...refused(524), whole: attached(['deny_open']) };
    expect(texts(on(without, passing))).toEqual([
      expect.stringMatching(/^our own object: aegis\/deny_open was to fail with ATTACH_FAILED/),
    ]);
  });

  it('is no word about the object of another, nor about another program', () => {
    expect(expectedOfOwn({ ...choice, config: { agent: {} as never } })).toEqual([]);
    expect(on(without, { ...refused(524), object: 'theirs' }).verdict.kind).toBe('fail');
  });

  it('names every program that our objects have on a hook, and no other', async () => {
    for (const { own, ownHookPrograms } of conventions) {
      const bytes = await readFile(`build/${own.object}`);
      const sections = programSections(readBpfElf(bytes)).map(({ name }) => name);
      const isNamed = isOneOf(ownHookPrograms);
      const named = elfProgramNames(bytes).filter(isNamed);
      expect(named.length).toBe(sections.filter((name) => name.startsWith('lsm')).length);
    }
  });

  it('leaves the entries of a configuration their numbers', () => {
    const all = [...entries, entry({ program: 'nothing' })];
    expect(
      expectationFindings({ scope: 'whole', entries: all }, [
        ranKernel('6.12', '6.12.0', [on(null, refused(524))]),
      ]).map(({ message }) => message),
    ).toEqual([expect.stringMatching(/^expectations\.0: no program nothing/)]);
    expect(expectationNotices({ scope: 'part', entries }, [ranKernel('6.12', '6.12.0', [])])).toEqual([]);
  });
});
