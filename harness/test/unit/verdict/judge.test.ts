// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { KernelReport } from '../../../model/report.js';
import { judgeObject, unparsedLogs } from '../../../verdict/judge-object.js';
import { exitCodeOf, reporterFindings, runFindings } from '../../../verdict/judge-run.js';
import { declaredProgram, loadedEvidence, objectEvidence, rejectedEvidence } from '../../fixtures/evidence-load.js';

const context = {
  facts: { btf: { sha256: 'aa', size: 1 }, release: '6.12.1', machine: 'x86_64', config: null },
  logPath: (program: string) => `logs/${program}.log`,
  libbpfPath: 'logs/libbpf.log',
  expected: () => null,
};

describe('judgeObject', () => {
  it('passes when every program is loaded and attached', () => {
    expect(judgeObject(objectEvidence([loadedEvidence('a'), loadedEvidence('b')]), context).verdict).toEqual({
      kind: 'pass',
    });
  });

  it('fails with the code, the deciding line, the source line and where the reference came from', () => {
    const report = judgeObject(
      objectEvidence([loadedEvidence('a'), rejectedEvidence('b')], {
        whole: { stage: 'prog', errno: 22, stoppedAt: 'b', libbpf: [], attach: new Map() },
      }),
      context,
    );
    expect(report.verdict).toEqual({ kind: 'fail', stage: 'load', code: 'VERIFIER_REJECTED' });
    expect(report.programs[1]?.load).toMatchObject({
      kind: 'failed',
      code: 'VERIFIER_REJECTED',
      why: {
        errno: 'EINVAL',
        decidingLine: 'Unreleased reference id=2 alloc_insn=0',
        source: { file: 'a.bpf.c', line: 14, text: '}' },
        origin: { file: 'a.bpf.c', line: 10, text: 'e = bpf_ringbuf_reserve();' },
        log: 'logs/b.log',
      },
    });
    expect(report.whole).toMatchObject({ kind: 'failed', code: 'VERIFIER_REJECTED' });
    expect(report.programs[0]?.attach).toEqual({ kind: 'not-tried' });
  });

  it('attaches the part that loads where the whole does not, and fails all the same', () => {
    const whole = { stage: 'prog', errno: 22, stoppedAt: 'b', libbpf: [], attach: new Map() } as const;
    const attached = new Map([['a', { kind: 'attached', place: null } as const]]);
    const loads = { stage: 'done', errno: 0, stoppedAt: null, libbpf: [], attach: attached } as const;
    const partial = { ...loads, withoutPrograms: ['b'], withoutMaps: ['m'] };
    const report = judgeObject(
      objectEvidence([loadedEvidence('a'), rejectedEvidence('b')], { whole, partial }),
      context,
    );
    expect(report.verdict).toEqual({ kind: 'fail', stage: 'load', code: 'VERIFIER_REJECTED' });
    expect(report.whole).toMatchObject({ kind: 'failed', code: 'VERIFIER_REJECTED' });
    expect(report.programs.map(({ attach }) => attach.kind)).toEqual(['attached', 'not-tried']);
    expect(report.partial).toEqual({ withoutPrograms: ['b'], withoutMaps: ['m'], load: { kind: 'loaded' } });
  });

  it('owes an attach to what the part loaded, and names why the part does not load', () => {
    const whole = { stage: 'prog', errno: 22, stoppedAt: 'b', libbpf: [], attach: new Map() } as const;
    const left = { withoutPrograms: ['b'], withoutMaps: [] };
    const silent = { ...whole, stage: 'done', errno: 0, stoppedAt: null, ...left } as const;
    const refused = { ...whole, errno: 12, stoppedAt: null, ...left, libbpf: ['no memory'] } as const;
    const [owed, failed] = [silent, refused].map((partial) =>
      judgeObject(objectEvidence([loadedEvidence('a'), rejectedEvidence('b')], { whole, partial }), context),
    );
    expect(owed?.programs[0]?.attach).toMatchObject({ kind: 'failed', code: 'ATTACH_FAILED' });
    expect(failed?.programs[0]?.attach).toEqual({ kind: 'not-tried' });
    expect(failed?.partial?.load).toMatchObject({
      kind: 'failed',
      code: 'LOAD_FAILED',
      why: { decidingLine: 'stage prog: ENOMEM; no memory' },
    });
  });

  it('does not pass what was loaded as a whole and never heard of again', () => {
    const evidence = objectEvidence([loadedEvidence('a'), loadedEvidence('b')]);
    const attach = new Map([['a', { kind: 'attached' as const, place: null }]]);
    const programs = [declaredProgram('a'), declaredProgram('b')];
    const judged = (outcomes: typeof attach, optional = false) =>
      judgeObject(
        {
          ...evidence,
          declared: {
            programs: optional ? [declaredProgram('a'), declaredProgram('b', false)] : programs,
            maps: [],
            tables: new Map(),
          },
          whole: { stage: 'done', errno: 0, stoppedAt: null, libbpf: [], attach: outcomes },
        },
        context,
      );
    expect(judged(attach).verdict).toMatchObject({ kind: 'fail', code: 'ATTACH_FAILED' });
    expect(judged(attach).programs[1]?.attach).toMatchObject({ kind: 'failed' });
    expect(judged(attach, true).verdict).toEqual({ kind: 'pass' });
  });

  it('tells of an optional program that does not load, and passes', () => {
    const evidence = objectEvidence([loadedEvidence('a'), rejectedEvidence('b')]);
    const report = judgeObject(
      {
        ...evidence,
        declared: { programs: [declaredProgram('a'), declaredProgram('b', false)], maps: [], tables: new Map() },
      },
      context,
    );
    expect(report.programs[1]).toMatchObject({ optional: true, verdict: { kind: 'fail' } });
    expect(report.verdict).toEqual({ kind: 'pass' });
  });

  it('never passes an object of which nothing was loaded', () => {
    expect(judgeObject(objectEvidence([]), context).verdict).toMatchObject({ code: 'NOTHING_TESTED' });
  });

  it('passes an object with nothing but maps when they were created, and not when one was not', () => {
    const table = { name: 'table', type: 'hash', keySize: 4, valueSize: 8, maxEntries: 1 };
    const evidence = { ...objectEvidence([]), declared: { programs: [], maps: [table], tables: new Map() } };
    expect(judgeObject(evidence, context).verdict).toEqual({ kind: 'pass' });
    const whole = { ...evidence.whole!, stage: 'map', errno: 22, stoppedAt: 'table' } as const;
    expect(judgeObject({ ...evidence, whole }, context).verdict).toMatchObject({ code: 'MAP_UNSUPPORTED' });
    expect(judgeObject({ ...evidence, whole: null }, context).verdict).toMatchObject({ code: 'NOTHING_TESTED' });
  });

  it('says why an object was not opened, in the words of whoever refused it', () => {
    const open = { errno: 8, libbpf: ['the file is not an ELF file'], unresolved: [] };
    const report = judgeObject({ ...objectEvidence([]), open, whole: null }, context);
    expect(report.verdict).toMatchObject({ code: 'OBJECT_INVALID' });
    expect(report.whole).toMatchObject({
      code: 'OBJECT_INVALID',
      why: { decidingLine: 'open: ENOEXEC; the file is not an ELF file' },
    });
  });

  it('fails a declared program that the guest said nothing of', () => {
    const evidence = objectEvidence([loadedEvidence('a')]);
    const report = judgeObject(
      {
        ...evidence,
        declared: { programs: [declaredProgram('a'), declaredProgram('lost')], maps: [], tables: new Map() },
      },
      context,
    );
    expect(report.verdict).toMatchObject({ kind: 'fail', code: 'LOAD_FAILED' });
  });

  it('fails a program that loads and does not attach', () => {
    const whole = {
      stage: 'done' as const,
      errno: 0,
      stoppedAt: null,
      libbpf: [],
      attach: new Map([
        ['a', { kind: 'failed' as const, errno: 16, libbpf: ['busy'], attachPoint: null, symbol: null }],
        ['b', { kind: 'unattachable' as const, reason: 'why' }],
      ]),
    };
    const report = judgeObject(objectEvidence([loadedEvidence('a'), loadedEvidence('b')], { whole }), context);
    expect(report.verdict).toEqual({ kind: 'fail', stage: 'attach', code: 'ATTACH_FAILED' });
    expect(report.programs[1]?.verdict).toEqual({ kind: 'pass' });
  });

  it('notices statistics that could not be read', () => {
    const strange = { ...loadedEvidence('a'), stats: null, log: 'verified 2 instructions\n' };
    expect(unparsedLogs(objectEvidence([strange]))).toEqual(['a: verified 2 instructions']);
    expect(unparsedLogs(objectEvidence([loadedEvidence('a')]))).toEqual([]);
  });
});

describe('exitCodeOf', () => {
  const kernels = (...kinds: string[]): KernelReport[] =>
    kinds.map((kind) => ({ verdict: { kind } }) as unknown as KernelReport);

  it.each([
    [0, ['pass', 'pass'], false],
    [1, ['pass', 'fail'], false],
    [1, ['infra', 'fail', 'unavailable'], true],
    [3, ['pass', 'infra'], true],
    [3, ['pass', 'unavailable'], false],
    [0, ['pass', 'unavailable'], true],
    [3, ['unavailable'], true],
  ])('is %i for %j with available=%s', (code, kinds, available) => {
    expect(exitCodeOf(kernels(...kinds), [], available)).toBe(code);
  });

  it('is 1 when no kernel was selected and 3 when a reporter failed', () => {
    expect(exitCodeOf([], runFindings([]), false)).toBe(1);
    expect(exitCodeOf(kernels('pass'), reporterFindings([{ message: 'junit: disk full' }]), false)).toBe(3);
  });
});
