// SPDX-License-Identifier: Apache-2.0
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { aegis } from '../../contracts/aegis/index.js';
import { type CheckReport, checkClasses } from '../../model/check.js';
import { faults } from '../../run/selftest/faults.js';
import { isFaultCaught } from '../../report/pages/selftest.js';
import type { FaultResult } from '../../run/selftest/selftest.js';
import { scenarioCatalogue } from '../../scenarios/catalogue.js';
import { type Finished, kernelOf, matrix, reportOf, textOf } from './matrix.js';

const denialChecks = [
  'control',
  'control neighbour',
  'denied',
  'event',
  'neighbour',
  'neighbour event',
  'audit',
  'audit event',
].sort();

/** bpf-matrix without a report folder. */
function cli(...args: readonly string[]) {
  return execa('node', ['dist/harness/cli/main.js', ...args], { reject: false, env: { NO_COLOR: '1' } });
}

describe('scenarios of our own agent', () => {
  let run: Finished;
  let checks: readonly CheckReport[];
  beforeAll(async () => {
    run = await matrix(['--kernel', '6.12', '--only', 'exec,ptrace']);
    const kernel = kernelOf(await reportOf(run), '6.12');
    checks = kernel.status === 'unavailable' ? [] : kernel.scenarios.flatMap((one) => one.checks);
  });

  it('pass, all of them', () => {
    expect(checks.filter(({ outcome }) => outcome.kind !== 'pass')).toEqual([]);
    expect(run.exitCode).toBe(0);
    expect(run.stdout).toMatch(/claims \(lsm\) +ENFORCE/);
  });

  it.each(['exec', 'ptrace'] as const)('%s: every denial has its control, neighbour, audit and events', (name) => {
    const listed = scenarioCatalogue(aegis).filter((entry) => entry.class === name && entry.attempt !== null);
    for (const { scenario } of listed) {
      const own = checks.filter((check) => check.class === name && check.scenario === scenario);
      const expected =
        scenario === 'a copy in a memfd' ? ['control', 'not covered', 'not covered event'] : denialChecks;
      expect([scenario, own.map(({ check }) => check).sort()]).toEqual([scenario, expected]);
      expect(own.every(({ attempt }) => attempt !== null)).toBe(true);
    }
  });

  it('are grouped by kernel and class in JUnit, with unique names', async () => {
    const script = [
      'import json, sys, xml.etree.ElementTree as t',
      'cases = [(c.get("classname"), c.get("name")) for c in t.parse(sys.argv[1]).getroot().iter("testcase")]',
      'print(json.dumps(cases))',
    ].join('\n');
    const { stdout } = await execa('python3', ['-c', script, `${run.out}/junit.xml`]);
    const cases = JSON.parse(stdout) as [string, string][];
    expect(new Set(cases.map((one) => one.join('\0'))).size).toBe(cases.length);
    const suites = new Set(cases.map(([suite]) => suite));
    for (const name of ['exec', 'ptrace', 'posture']) expect([...suites]).toContain(`6.12.${name}`);
    expect(await textOf(run, 'summary.md')).toContain('ptrace');
  });
});

describe('the test of the harness', () => {
  it('catches what is planted, and says so as JSON', async () => {
    const names = ['hook_returns_zero', 'crash', 'missing_submit'];
    const { exitCode, stdout } = await cli('selftest', '--fault', names.join(','), '--json');
    const results = JSON.parse(stdout) as FaultResult[];
    expect(results.map(({ fault, raised }) => [fault, raised])).toEqual([
      ['hook_returns_zero', ['ENFORCEMENT_LEAK']],
      ['crash', ['AGENT_DIED']],
      ['missing_submit', ['VERIFIER_REJECTED']],
    ]);
    expect(results.every(isFaultCaught)).toBe(true);
    expect(exitCode).toBe(0);
  });
});

describe('a name that nobody knows', () => {
  it.each([
    { args: ['selftest', '--fault', 'nonsense'], names: faults.map(({ name }) => name) },
    { args: ['--only', 'nonsense'], names: checkClasses },
    { args: ['scenarios', 'list', '--only', 'nonsense'], names: checkClasses },
  ])('$args: exit 2, with those there are', async ({ args, names }) => {
    const { exitCode, stderr } = await cli(...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('nonsense');
    expect(stderr).toContain(names.join(', '));
  });
});
