// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { programsInElf } from '../../../config/elf-symbols.js';
import { ExitCode } from '../../../model/exit-code.js';
import type { RanKernel, RunReport } from '../../../model/report.js';
import { runPage } from '../../../report/pages/run.js';
import { junitOf } from '../../../report/reporters/junit.js';
import { renderMarkdown } from '../../../report/reporters/markdown.js';
import { findingsOf } from '../../../verdict/findings.js';
import { provedMachines } from '../../../verdict/judge-session.js';
import { plantedSessions } from '../../fixtures/planted.js';
import { releases, run, whole } from '../../fixtures/report-base.js';
import { agent } from '../../fixtures/report-checks.js';
import { ranKernel } from '../../fixtures/report-parts.js';
import { pageOf } from '../../fixtures/reporting.js';

const programs = programsInElf(readFileSync('build/aegis.bpf.o'));

function kernelWith(fault: string, id: keyof typeof releases): RanKernel {
  const machines = provedMachines(plantedSessions(fault));
  const findings = findingsOf(id, machines, [{ object: 'aegis', programs }]);
  return {
    ...ranKernel(id, releases[id], [whole()]),
    verdict: { kind: 'fail', stage: 'enforce', code: findings[0]?.code ?? 'NOTHING_TESTED' },
    scenarios: machines.map(({ report }) => report),
    findings,
  };
}

const runOf = (...kernels: readonly RanKernel[]): RunReport => run(kernels, ExitCode.incompatible, { agent });
const both = runOf(kernelWith('hook_returns_zero', '6.1'), kernelWith('hook_returns_zero', '6.12'));

function section(report: RunReport, columns: number): readonly string[] {
  const lines = runPage(report, pageOf(columns, {}));
  const start = lines.indexOf('Findings');
  expect(start).toBeGreaterThan(0);
  return lines.slice(start + 1, lines.indexOf('', start));
}

describe('the terminal', () => {
  it('shows a cause once for all kernels, its first attempt, what it claims and how to see it again', () => {
    expect(section(both, 120)).toEqual([
      '  FAIL 6.1, 6.12  ENFORCEMENT_LEAK',
      '    what must be denied gets through at the hook file_open (program deny_open)',
      '    first     file: open(2) for reading: denied',
      '    tried     open /t/enforce/file/secret r',
      '    expected  EPERM',
      '    actual    succeeded',
      '    claim     its event says BLOCK, and the attempt succeeded',
      '    folded    and 6 more checks (6 file)',
      '    doc       docs/failure-codes.md#enforcement_leak',
      "    again     npm run matrix -- --kernel 6.1 --only file --scenario 'open(2) for reading'",
    ]);
  });

  it('keeps to 80 columns, but for the command', () => {
    const lines = section(runOf(kernelWith('dead-hook', '6.12')), 80);
    for (const line of lines.slice(0, -1)) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('and 105 more checks (63 bypass, 20 file,');
  });

  it('shows no check a second time that a finding has, and each that none has', () => {
    const kernel = kernelWith('dead-hook', '6.12');
    expect(runPage(runOf(kernel), pageOf(120, {}))).not.toContain('Failed checks');
    expect(runPage(runOf({ ...kernel, findings: [] }), pageOf(120, {}))).toContain('Failed checks');
  });
});

describe('summary.md', () => {
  const text = renderMarkdown(both);

  it('has the same, and every scenario collapsed below', () => {
    expect(text).toContain(
      '### Findings\n\n❌ **6.1**, **6.12** ENFORCEMENT_LEAK: what must be denied gets through at',
    );
    expect(text).toContain('<summary>and 6 more checks (6 file)</summary>\n\n- file: open(2) for reading: denied\n');
    expect(text.match(/ENFORCEMENT_LEAK/g)).toHaveLength(1);
  });
});

describe('junit.xml', () => {
  it('keeps every check as a case that says first what it is put down to', () => {
    const cases = junitOf(both).suites.flatMap((suite) => suite.cases.map(({ result }) => result));
    const failures = cases.flatMap((result) => (result.kind === 'failure' ? [result.text] : []));
    expect(failures).toHaveLength(14);
    for (const one of failures) expect(one).toMatch(/^ENFORCEMENT_LEAK: what must be denied gets through at the hook/);
  });

  it('says of what could not be looked at because of what', () => {
    const [suites] = [junitOf(runOf(kernelWith('crash', '6.12'))).suites];
    const skipped = suites.flatMap(({ cases }) =>
      cases.flatMap(({ result }) => (result.kind === 'skipped' ? [result.message] : [])),
    );
    expect(skipped).toContain(
      'unproved: the agent did not live through it (enforce) (the agent dies: killed by signal 6)',
    );
  });
});
