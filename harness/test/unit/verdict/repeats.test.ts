// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { KernelReport, RanKernel } from '../../../model/report.js';
import { judgeRepeats } from '../../../verdict/repeats.js';
import { leak } from '../../fixtures/report-checks.js';
import { proved } from '../../fixtures/report-proofs.js';
import { rejectedProgram, returnRange } from '../../fixtures/report-parts.js';
import { broken67, unavailable515 } from '../../fixtures/reports.js';

function good(): RanKernel {
  const kernel = proved().kernels[0];
  if (kernel?.status !== 'ran') throw new Error('fixture');
  return kernel;
}

/** One check in which a denied attempt succeeded. */
function leaking(): RanKernel {
  const { scenarios, ...kernel } = good();
  const [first, ...rest] = scenarios;
  const [check, ...checks] = first!.checks;
  const changed = { ...first!, checks: [{ ...check!, outcome: leak('succeeded', []) }, ...checks] };
  return {
    ...kernel,
    scenarios: [changed, ...rest],
    verdict: { kind: 'fail', stage: 'enforce', code: 'ENFORCEMENT_LEAK' },
    detail: 'a leak',
  };
}

function rejecting(): RanKernel {
  const kernel = good();
  const objects = kernel.objects.map((object) => {
    const [program, ...programs] = object.programs;
    return { ...object, programs: [rejectedProgram(program!.section, returnRange('x.log')), ...programs] };
  });
  return { ...kernel, objects };
}

const judge = (...reports: readonly [KernelReport, ...KernelReport[]]): KernelReport => judgeRepeats(reports);
const flaky = { kind: 'fail', stage: 'run', code: 'FLAKY' };

describe('the same kernel asked again', () => {
  it('is what it was when the answers are the same, and says how often it was asked', () => {
    const report = judge(good(), good(), good());
    expect(report).toEqual({ ...good(), notes: [...good().notes, 'REPEATED: 3 runs, the same verdicts in each'] });
  });

  it('that differs in one check is FLAKY, with the check, both answers and where to read', () => {
    const report = judge(good(), good(), leaking());
    expect(report).toMatchObject({ status: 'ran', verdict: flaky });
    const check = good().scenarios[0]!.checks[0]!;
    const detail = report.status === 'unavailable' ? '' : report.detail;
    for (const word of [
      'run 3 of 3 differs',
      check.scenario,
      check.check,
      'pass, then fail ENFORCEMENT_LEAK',
      'repeats/3/',
    ]) {
      expect(detail).toContain(word);
    }
  });

  it('that fails first and passes then is FLAKY too: nothing turns green by asking again', () => {
    expect(judge(leaking(), good())).toMatchObject({ verdict: flaky });
  });

  it('that loads a program only sometimes is FLAKY', () => {
    expect(judge(good(), rejecting())).toMatchObject({ verdict: flaky });
  });

  it('that was not asked everything the second time is FLAKY', () => {
    const { scenarios, ...kernel } = good();
    expect(judge(good(), { ...kernel, scenarios: scenarios.slice(1) })).toMatchObject({ verdict: flaky });
  });

  it('whose machine broke once is infra, with the number of the run', () => {
    const report = judge(good(), broken67);
    expect(report).toMatchObject({ status: 'broken', verdict: { kind: 'infra' } });
    expect(report.status === 'broken' && report.detail).toMatch(/^run 2 of 2: .*repeats\/2\//);
  });

  it('keeps a failure that was proved before a machine broke', () => {
    expect(judge(leaking(), broken67)).toMatchObject({ verdict: { kind: 'fail', code: 'ENFORCEMENT_LEAK' } });
  });

  it('that could not be had is unavailable', () => {
    expect(judge(unavailable515, unavailable515)).toEqual(unavailable515);
  });
});
