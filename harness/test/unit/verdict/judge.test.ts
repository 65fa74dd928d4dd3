// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { ObjectEvidence, ProgramDeclaration, ProgramEvidence } from '../../../model/evidence.js';
import type { KernelReport } from '../../../model/report.js';
import { judgeObject, unparsedLogs } from '../../../verdict/judge-object.js';
import { exitCodeOf, reporterFindings, runFindings } from '../../../verdict/judge-run.js';

const context = {
  facts: { btf: { sha256: 'aa', size: 1 }, release: '6.12.1' },
  logPath: (program: string) => `logs/${program}.log`,
  libbpfPath: 'logs/libbpf.log',
};

const declared = (name: string, autoload = true): ProgramDeclaration => ({
  name,
  section: `${autoload ? '' : '?'}lsm/${name}`,
  type: 'lsm',
  autoload,
  insns: 2,
});

const loaded = (program: string): ProgramEvidence => ({
  program,
  stage: 'done',
  errno: 0,
  log: 'processed 2 insns (limit 1000000) max_states_per_insn 0 total_states 0 peak_states 0 mark_read 0\n',
  logBytes: 90,
  stats: {
    insns: 2,
    totalStates: 0,
    peakStates: 0,
    maxStatesPerInsn: 0,
    markRead: 0,
    verificationTime: 10,
    stackDepth: 0,
    jitedSize: 20,
    xlatedSize: 16,
  },
  lineInfo: null,
  attachPoint: null,
  progTypeSupported: null,
  missingMaps: [],
  libbpf: [],
  kernelTypes: [],
  instructions: null,
  ladder: null,
});

const rejected = (program: string): ProgramEvidence => ({
  ...loaded(program),
  stage: 'prog',
  errno: 22,
  stats: null,
  log: '0: (85) call bpf_ringbuf_reserve#131\n5: (95) exit\nUnreleased reference id=2 alloc_insn=0\n',
  lineInfo: [
    { insn: 0, file: 'a.bpf.c', line: 10, column: 1, text: '  e = bpf_ringbuf_reserve();' },
    { insn: 5, file: 'a.bpf.c', line: 14, column: 1, text: '}' },
  ],
});

function object(programs: ProgramEvidence[], parts: Partial<ObjectEvidence> = {}): ObjectEvidence {
  return {
    object: 'o',
    open: { errno: 0, libbpf: [], unresolved: [] },
    declared: { programs: programs.map(({ program }) => declared(program)), maps: [], tables: new Map() },
    programs,
    maps: [],
    whole: {
      stage: 'done',
      errno: 0,
      stoppedAt: null,
      libbpf: [],
      attach: new Map(programs.map(({ program }) => [program, { kind: 'attached', place: null } as const])),
    },
    ...parts,
  };
}

describe('judgeObject', () => {
  it('passes when every program is loaded and attached', () => {
    expect(judgeObject(object([loaded('a'), loaded('b')]), context).verdict).toEqual({ kind: 'pass' });
  });

  it('fails with the code, the deciding line, the source line and where the reference came from', () => {
    const report = judgeObject(
      object([loaded('a'), rejected('b')], {
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
    const report = judgeObject(object([loaded('a'), rejected('b')], { whole, partial }), context);
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
      judgeObject(object([loaded('a'), rejected('b')], { whole, partial }), context),
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
    const evidence = object([loaded('a'), loaded('b')]);
    const attach = new Map([['a', { kind: 'attached' as const, place: null }]]);
    const programs = [declared('a'), declared('b')];
    const judged = (outcomes: typeof attach, optional = false) =>
      judgeObject(
        {
          ...evidence,
          declared: {
            programs: optional ? [declared('a'), declared('b', false)] : programs,
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
    const evidence = object([loaded('a'), rejected('b')]);
    const report = judgeObject(
      { ...evidence, declared: { programs: [declared('a'), declared('b', false)], maps: [], tables: new Map() } },
      context,
    );
    expect(report.programs[1]).toMatchObject({ optional: true, verdict: { kind: 'fail' } });
    expect(report.verdict).toEqual({ kind: 'pass' });
  });

  it('never passes an object of which nothing was loaded', () => {
    expect(judgeObject(object([]), context).verdict).toMatchObject({ code: 'NOTHING_TESTED' });
  });

  it('passes an object with nothing but maps when they were created, and not when one was not', () => {
    const table = { name: 'table', type: 'hash', keySize: 4, valueSize: 8, maxEntries: 1 };
    const evidence = { ...object([]), declared: { programs: [], maps: [table], tables: new Map() } };
    expect(judgeObject(evidence, context).verdict).toEqual({ kind: 'pass' });
    const whole = { ...evidence.whole!, stage: 'map', errno: 22, stoppedAt: 'table' } as const;
    expect(judgeObject({ ...evidence, whole }, context).verdict).toMatchObject({ code: 'MAP_UNSUPPORTED' });
    expect(judgeObject({ ...evidence, whole: null }, context).verdict).toMatchObject({ code: 'NOTHING_TESTED' });
  });

  it('says why an object was not opened, in the words of whoever refused it', () => {
    const open = { errno: 8, libbpf: ['the file is not an ELF file'], unresolved: [] };
    const report = judgeObject({ ...object([]), open, whole: null }, context);
    expect(report.verdict).toMatchObject({ code: 'OBJECT_INVALID' });
    expect(report.whole).toMatchObject({
      code: 'OBJECT_INVALID',
      why: { decidingLine: 'open: ENOEXEC; the file is not an ELF file' },
    });
  });

  it('fails a declared program that the guest said nothing of', () => {
    const evidence = object([loaded('a')]);
    const report = judgeObject(
      { ...evidence, declared: { programs: [declared('a'), declared('lost')], maps: [], tables: new Map() } },
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
    const report = judgeObject(object([loaded('a'), loaded('b')], { whole }), context);
    expect(report.verdict).toEqual({ kind: 'fail', stage: 'attach', code: 'ATTACH_FAILED' });
    expect(report.programs[1]?.verdict).toEqual({ kind: 'pass' });
  });

  it('notices statistics that could not be read', () => {
    const strange = { ...loaded('a'), stats: null, log: 'verified 2 instructions\n' };
    expect(unparsedLogs(object([strange]))).toEqual(['a: verified 2 instructions']);
    expect(unparsedLogs(object([loaded('a')]))).toEqual([]);
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
