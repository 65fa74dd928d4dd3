// SPDX-License-Identifier: Apache-2.0
import { beforeAll, describe, expect, it } from 'vitest';
import { causeIds } from '../../model/cause.js';
import type { AttachVerdict, LoadVerdict, RunReport } from '../../model/report.js';
import { causePage } from '../../verdict/causes.js';
import { type RejectionRow, rejections } from '../fixtures/rejections.js';
import { type Finished, kernelOf, matrix, objectOf, programOf, reportOf, variant } from './matrix.js';

/** The instruction limit alone takes a million instructions, several times. */
const timeout = 900_000;

let run: Finished;
let report: RunReport;
beforeAll(async () => {
  const objects = Object.values(rejections).flatMap(({ object }) => ['--object', variant(object)]);
  run = await matrix(['--only', 'load', '--kernel', '6.1,6.12', '--timeout', '15m', ...objects]);
  report = await reportOf(run);
}, timeout);

/** The rows about a loader that may not do everything, on kernels whose verifiers word it differently. */
const unprivileged = Object.values(rejections).filter(({ without }) => without !== undefined);
const kernels = ['5.10', '6.1', '6.12', '6.17'];
let lacking: RunReport;
beforeAll(async () => {
  const objects = unprivileged.flatMap(({ object }) => ['--object', variant(object)]);
  const names = unprivileged.flatMap(({ without = [] }) => without).join(',');
  lacking = await reportOf(await matrix(['-k', kernels.join(), '--without-capability', names, ...objects]));
}, 300_000);

type Row = Pick<RejectionRow, 'object' | 'program' | 'step'>;

function verdictOf({ object, program, step }: Row, where = report, kernel = '6.12'): LoadVerdict | AttachVerdict {
  const found = objectOf(kernelOf(where, kernel), object.replace(/^.*\//, ''));
  if (program === null) return found.whole;
  const judged = programOf(found, program);
  return step === 'attach' ? judged.attach : judged.load;
}

describe('every cause on a real kernel', () => {
  it.each(causeIds.filter((id) => rejections[id].elsewhere === undefined))('%s', (id) => {
    const row = rejections[id];
    const verdict = verdictOf(row, row.without === undefined ? report : lacking, row.kernel);
    if (verdict.kind !== 'failed') throw new Error(`${row.object}/${row.program} is ${verdict.kind}`);
    const { why } = verdict;
    expect(why).toMatchObject({ cause: id, page: causePage(id) });
    expect(why.explanation).toContain(row.says);
    expect(why.hint).not.toBe('');
    if (row.source === null) expect(why.source).toBeNull();
    else expect(why.source?.text).toContain(row.source);
  });

  it('what a loader with all capabilities may do is not called rejected', () => {
    for (const row of unprivileged) expect(verdictOf(row)).toEqual({ kind: 'loaded' });
  });

  it.each([
    ['5.10', 'invalid indirect read from stack R2 off -8+1 size 8'],
    ['6.1', 'invalid indirect read from stack R2 off -8+1 size 8'],
    ['6.12', 'invalid indirect read from stack R2 off -8+1 size 8'],
    ['6.17', 'invalid read from stack R2 off -8+1 size 8'],
  ])('%s refuses an uninitialised stack in its own words', (kernel, decidingLine) => {
    const verdict = verdictOf(rejections['uninitialised-stack'], lacking, kernel);
    expect(verdict).toMatchObject({ code: 'VERIFIER_REJECTED', why: { cause: 'uninitialised-stack', decidingLine } });
    expect(lacking.options.withoutCapabilities).toEqual(['sys_admin', 'perfmon']);
    expect(lacking.notices).toContain('objects are loaded without CAP_SYS_ADMIN, CAP_PERFMON');
  });

  it('the path has the branches, with the line and the registers', () => {
    const verdict = verdictOf(rejections['unreleased-reference']);
    if (verdict.kind !== 'failed') throw new Error('loaded');
    const { path } = verdict.why;
    expect(path.map((step) => step.source?.text)).toEqual([
      'if (!record)',
      'if (addrlen == 16)',
      expect.stringContaining('BPF_PROG(leaky_connect'),
    ]);
    expect(path[0]?.state).toMatch(/^if r0 == 0x0 goto pc\+\d+: not taken; R0\w*=ringbuf_mem\(/);
    expect(path[1]?.state).toMatch(/: taken; R7=scalar/);
  });

  it('the excerpt has the rejected line and what stands before it', () => {
    const verdict = verdictOf(rejections['missing-null-check']);
    if (verdict.kind !== 'failed') throw new Error('loaded');
    expect(verdict.why.excerpt.map(({ text }) => text)).toEqual(['if (ret)', 'return *rule == 1 ? -EPERM : 0;']);
  });

  it('is in every report', () => {
    for (const text of ['via   ', 'why   A pointer that may be NULL', 'docs/rejections/missing-null-check.md']) {
      expect(run.stdout).toContain(text);
    }
  });
});
