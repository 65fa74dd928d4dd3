// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { aegis } from '../../../contracts/aegis/index.js';
import { contractNamed, conventions } from '../../../contracts/registry.js';
import { checkClasses, checkCodes } from '../../../model/check.js';
import { failureCodes, infraCauses } from '../../../model/verdict.js';
import { isFaultCaught } from '../../../report/pages/selftest.js';
import type { FaultResult } from '../../../run/selftest/selftest.js';
import { faults } from '../../../run/selftest/faults.js';
import { environmentsOf } from '../../../run/scenario-session.js';

/** The words of a variable of a makefile. */
function builtBy(makefile: string, variable: string): readonly string[] {
  const text = readFileSync(makefile, 'utf8').replaceAll('\\\n', ' ');
  const words = new RegExp(`^${variable} := (.*)$`, 'm').exec(text)?.[1] ?? '';
  return words.split(/\s+/).filter((word) => word !== '');
}

const kernels = ['5.10', '6.1', '6.12', '6.16', '6.17', '6.18', '7.2', 'newest'];
const planted = faults.filter(({ target }) => target.kind !== 'healthy');

describe('the planted faults', () => {
  it('have names of their own and say what is wrong', () => {
    expect(new Set(faults.map(({ name }) => name)).size).toBe(faults.length);
    for (const { what } of faults) expect(what.length).toBeGreaterThan(10);
  });

  it('show that each code can be raised', () => {
    const caught = new Set(faults.flatMap(({ caught: by }) => kernels.flatMap(by)));
    // CONTROL_FAILED speaks of the proof, not of an agent: the verdict tests raise it.
    for (const code of checkCodes.filter((one) => one !== 'CONTROL_FAILED')) expect([...caught]).toContain(code);
  });

  it.each(planted)('$name must be caught somewhere', ({ caught }) => {
    const codes = kernels.flatMap(caught);
    expect(codes.length).toBeGreaterThan(0);
    for (const code of codes) expect([...failureCodes, ...infraCauses]).toContain(code);
  });

  it.each(faults)('$name lets nothing follow that must be caught', ({ caught, follows }) => {
    for (const code of kernels.flatMap(caught)) expect(follows).not.toContain(code);
    expect(follows).not.toContain('CONTROL_FAILED');
  });

  it.each(planted)(
    '$name is looked for on machines that its classes need',
    ({ contract, target, environments, classes }) => {
      if (target.kind === 'load') {
        expect(environments).toEqual([]);
        return;
      }
      expect(environments.length).toBeGreaterThan(0);
      expect(classes.length).toBeGreaterThan(0);
      const machines = environmentsOf(contractNamed(contract), new Set(classes === 'all' ? checkClasses : classes), [
        'yama',
        'bpf',
      ]);
      for (const environment of environments) expect(machines).toContain(environment);
    },
  );

  it('plant each target that the C sources build, and no other', () => {
    const named = (...kinds: readonly string[]): readonly string[] =>
      planted.filter(({ target }) => kinds.includes(target.kind)).map(({ name }) => name);
    const agents = builtBy('bpf/agent/build.mk', 'AGENT_FAULTS');
    const objects = [
      ...builtBy('bpf/aegis/build.mk', 'AEGIS_FAULTS'),
      ...builtBy('bpf/lsmaudit/build.mk', 'AUDIT_FAULTS'),
    ];
    expect(agents.length).toBeGreaterThan(8);
    expect(objects.length).toBeGreaterThan(5);
    expect([...named('agent')].sort()).toEqual([...agents].sort());
    expect([...named('object', 'load')].sort()).toEqual([...objects].sort());
  });

  it('a healthy target is asked everything and raises nothing', () => {
    const healthy = faults.filter(({ target }) => target.kind === 'healthy');
    expect(healthy.map(({ contract }) => contract)).toEqual(conventions.map(({ contract }) => contract));
    for (const { contract, environments, classes, follows, caught } of healthy) {
      expect(environments).toEqual(contractNamed(contract).environments.map(({ environment }) => environment));
      expect({ classes, follows }).toEqual({ classes: 'all', follows: [] });
      for (const kernel of kernels) expect(caught(kernel)).toEqual([]);
    }
  });

  it('a negated tail is refused from 6.12 to 6.16 and nowhere else', () => {
    const { caught } = faults.find(({ name }) => name === 'negated_tail')!;
    for (const kernel of ['6.12', '6.13', '6.14', '6.15', '6.16'])
      expect(caught(kernel)).toEqual(['VERIFIER_REJECTED']);
    for (const kernel of ['5.10', '6.1', '6.11', '6.17', '6.18', '7.2', '6.120']) expect(caught(kernel)).toEqual([]);
  });
});

describe('isCaught', () => {
  const result: FaultResult = {
    kernel: '6.12',
    fault: 'crash',
    what: 'ends by abort()',
    expected: ['AGENT_DIED'],
    raised: ['AGENT_DIED'],
    missed: [],
    surplus: [],
    causes: [],
    split: null,
    findings: [],
    ms: 1,
  };

  it('needs all that is expected, and nothing besides', () => {
    expect(isFaultCaught(result)).toBe(true);
    expect(isFaultCaught({ ...result, raised: [], missed: ['AGENT_DIED'] })).toBe(false);
    expect(isFaultCaught({ ...result, raised: ['AGENT_DIED', 'FALSE_BLOCK'], surplus: ['FALSE_BLOCK'] })).toBe(false);
    expect(isFaultCaught({ ...result, split: 'there are 2' })).toBe(false);
  });
});

describe('environmentsOf', () => {
  const lsm = ['landlock', 'bpf'];

  it('takes all three machines for everything', () => {
    expect(environmentsOf(aegis, new Set(checkClasses), lsm)).toEqual(['lsm', 'lsm-override', 'no-lsm']);
  });

  it.each(checkClasses)('proves %s on at least one machine', (name) => {
    const without = name === 'posture' || name === 'signal';
    expect(environmentsOf(aegis, new Set([name]), lsm)).toEqual(without ? ['lsm', 'lsm-override', 'no-lsm'] : ['lsm']);
  });

  it('never takes the override without the machine that shows whether it lies', () => {
    for (let bits = 0; bits < 2 ** checkClasses.length; bits++) {
      const classes = new Set(checkClasses.filter((_, n) => (bits >> n) & 1));
      const taken = environmentsOf(aegis, classes, lsm);
      expect(taken.includes('lsm-override')).toBe(taken.includes('no-lsm'));
      expect(taken.length > 0).toBe(classes.size > 0);
    }
  });

  it('boots nothing with bpf where --lsm leaves it out', () => {
    expect(environmentsOf(aegis, new Set(checkClasses), ['landlock'])).toEqual(['no-lsm']);
  });
});

it('a kernel of another architecture is caught as the series is', () => {
  const negated = faults.find(({ name }) => name === 'negated_tail');
  expect(['6.12/arm64', '6.17/arm64', '6.12'].map((id) => negated?.caught(id))).toEqual([
    ['VERIFIER_REJECTED'],
    [],
    ['VERIFIER_REJECTED'],
  ]);
});
