// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../../model/exit-code.js';
import type { RanKernel, RunReport } from '../../../model/report.js';
import { runPage } from '../../../report/pages/run.js';
import { junitOf } from '../../../report/reporters/junit.js';
import { renderMarkdown } from '../../../report/reporters/markdown.js';
import { docLink } from '../../../report/views/doc-link.js';
import { kernelWith } from '../../fixtures/planted-kernel.js';
import { run } from '../../fixtures/report-base.js';
import { agent } from '../../fixtures/report-checks.js';
import { pageOf } from '../../fixtures/reporting.js';

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
      '    do        return -EPERM from deny_open where it reports BLOCK: what it returns there lets the attempt through',
      '    folded    and 6 more checks (6 file)',
      '    logs      reports/latest/logs/{6.1,6.12}/lsm/',
      '    doc       docs/failure-codes.md#enforcement_leak',
      "    again     npm run matrix -- --kernel 6.1,6.12 --only file --scenario 'open(2) for reading'",
    ]);
  });

  it('asks again on every kernel that shows it, on one of your own by its own flag', () => {
    const mine = { ...kernelWith('hook_returns_zero', '6.17'), id: 'mine', source: 'file' } as const;
    const given = ['--kernel-image mine=bzImage', '--config a.json'];
    const againOf = (...kernels: readonly RanKernel[]): string | undefined => {
      const report = { ...runOf(...kernels), options: { ...both.options, given } };
      return section(report, 120).at(-1)?.slice(14);
    };
    const rest = "--only file --scenario 'open(2) for reading'";
    expect(againOf(kernelWith('hook_returns_zero', '6.1'), mine)).toBe(
      `npm run matrix -- --kernel 6.1 ${rest} --kernel-image mine=bzImage --config a.json`,
    );
    expect(againOf(mine)).toBe(`npm run matrix -- ${rest} --kernel-image mine=bzImage --config a.json`);
    expect(againOf(kernelWith('hook_returns_zero', '6.1'))).toBe(
      `npm run matrix -- --kernel 6.1 ${rest} --config a.json`,
    );
  });

  it("shows what the agent's event claims in its own word", () => {
    const kernel = kernelWith('hook_returns_zero', '6.12');
    const findings = kernel.findings.map((finding) => ({ ...finding, eventWord: 'denied' }));
    expect(section(runOf({ ...kernel, findings }), 120)).toContain(
      '    claim     its event says denied (BLOCK in the words of the contract), and the attempt succeeded',
    );
  });

  it('keeps to 80 columns, but for the command', () => {
    const lines = section(runOf(kernelWith('dead-hook', '6.12')), 80);
    for (const line of lines.slice(0, -1)) expect(line.length, line).toBeLessThanOrEqual(80);
    expect(lines.join(' ').replace(/\s+/g, ' ')).toContain('and 105 more checks (63 bypass, 20 file,');
  });

  it('puts findings together that differ in what was counted, and none that end otherwise', () => {
    const told = (...actuals: readonly [string, string]): readonly string[] => {
      const [one, other] = actuals.map((actual, index) => {
        const kernel = kernelWith('early-enforce', index === 0 ? '6.1' : '6.12');
        const findings = kernel.findings.slice(0, 1).map((finding) => ({
          ...finding,
          title: `announced: expected none, ${actual}`,
          first: finding.first === null ? null : { ...finding.first, actual },
        }));
        return { ...kernel, findings };
      });
      const lines = runPage(runOf(one!, other!), pageOf(120, {}));
      return lines.filter((line) => line.startsWith('    announced') || line.startsWith('  FAIL 6.1'));
    };
    const counted = told('20 opens succeeded, 0 were denied', '24 opens succeeded, 3 were denied');
    expect(counted).toEqual([
      expect.stringMatching(/^ {2}FAIL 6\.1, 6\.12 /),
      '    announced: expected none, 20 opens succeeded, 0 were denied',
    ]);
    expect(told('exit 1: no map', 'exit 2: no map')).toHaveLength(4);
  });

  it('says hook and program once', () => {
    const kernel = kernelWith('observer_denies', '6.12', 'build/lsmaudit.bpf.o');
    const [finding] = kernel.findings;
    expect(finding?.first?.evidence[0]).toBe(`hook ${finding!.hook}, program ${finding!.program}`);
    const lines = section(runOf(kernel), 120);
    expect(lines.join('\n')).not.toContain('| hook ');
    expect(lines).toContain('    logs      reports/latest/logs/6.12/audit_lsm/');
  });

  it('names the folder of an agent that does not start', () => {
    const kernel = kernelWith('never-starts', '6.12');
    expect(kernel.findings.map(({ code }) => code)).toEqual(['AGENT_NOT_STARTED']);
    expect(section(runOf(kernel), 120)).toContain('    logs      reports/latest/logs/6.12/lsm/');
    expect(renderMarkdown(runOf(kernel))).toContain('- logs `logs/6.12/lsm/`');
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
    expect(text).toContain('<summary>and 6 more checks (6 file)</summary>\n\n- file: openat: denied\n');
    expect(text.match(/^- file: .*: denied$/gm)).toHaveLength(6);
    expect(text).toContain('- logs `logs/6.1/lsm/`, `logs/6.12/lsm/`');
    expect(text.match(/ENFORCEMENT_LEAK/g)).toHaveLength(1);
    expect(text).toContain('\n- do: return -EPERM from deny_open where it reports BLOCK');
    expect(text).toContain('\n- doc `docs/failure-codes.md#enforcement_leak`\n');
  });

  it('has a link to the page that works where it is read', () => {
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_SERVER_URL: 'https://git.example',
      GITHUB_REPOSITORY: 'team/agent',
      GITHUB_SHA: 'c0ffee',
      GITHUB_WORKSPACE: '/checkout',
    };
    const page = 'docs/failure-codes.md#false_block';
    const links = [
      docLink({ env: {}, folder: '/checkout/reports/latest' }, '/checkout'),
      docLink({ env: {}, folder: '/other (2)/latest' }, '/checkout'),
      docLink({ env, folder: '/checkout/reports/latest' }, '/checkout'),
      // The pages are those of another repository than the workflow's, of which nothing is known.
      docLink({ env, folder: '/checkout/reports/latest' }, '/checkout/bpf-matrix'),
      docLink({ env: { ...env, GITHUB_SHA: undefined }, folder: '/checkout/reports/latest' }, '/checkout'),
    ];
    expect(links.map((link) => link(page))).toEqual([
      `[${page}](../../${page})`,
      `[${page}](../../checkout/${page})`,
      `[${page}](https://git.example/team/agent/blob/c0ffee/${page})`,
      `\`${page}\``,
      `\`${page}\``,
    ]);
    expect(renderMarkdown(both, null, { link: links[0]! })).toContain(
      '- doc [docs/failure-codes.md#enforcement_leak](../../docs/failure-codes.md#enforcement_leak)',
    );
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
