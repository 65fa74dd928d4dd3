// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { ownRulesSchema, readOwnRules } from '../../../config/own-rule-schema.js';
import { aegis } from '../../../contracts/aegis/index.js';
import type { PolicyRules } from '../../../contracts/contract.js';
import { ownRuleOperations } from '../../../model/own-rule.js';
import { everyScenario } from '../../../plan/scenario-filter.js';
import { operationOf } from '../../../scenarios/operations.js';
import { ownRuleClasses, ownRuleOf, ownRulePorts } from '../../../scenarios/own-rules.js';
import { pickProofs } from '../../../scenarios/pick.js';
import type { Denial } from '../../../scenarios/scenario.js';
import { rulesOf, stopsOf } from '../../../scenarios/stops.js';
import { unnamedTarget } from '../../../target.js';

const rulesFrom = (config: unknown) => readOwnRules(ownRulesSchema([]).parse(config));

function contentsOf(config: unknown) {
  return ownRuleClasses(rulesFrom(config)).map((one) => ({
    class: one.class,
    ...one.in(`/t/enforce/${one.class}`, unnamedTarget),
  }));
}

function denialsOf(config: unknown): readonly Denial[] {
  return contentsOf(config).flatMap(({ scenarios }) =>
    scenarios.flatMap((one) => (one.kind === 'denied' ? [one] : [])),
  );
}

function itemsOf(config: unknown): PolicyRules {
  const inode = { dev: 1, ino: 1 };
  return contentsOf(config).reduce((all, one) => ({ ...all, ...one.rules(() => inode) }), {});
}

const everyOperation = Object.entries(ownRuleOperations).map(([operation, subjects]) => ({
  operation,
  item: subjects.map((subject) => `{${subject}}`).join(' '),
  subjects,
}));

describe('a kind of rule of an agent of its own', () => {
  it('by the name of a process: another process does the same beside it', () => {
    const config = { deny_comm: { item: 'name={comm}', denies: ['open', 'connect'] } };
    expect(itemsOf(config)).toEqual({ deny_comm: ['name=barred-1', 'name=barred-1'] });
    const [open, connect] = denialsOf(config);
    expect(open).toMatchObject({
      name: 'deny_comm: open',
      rules: ['deny_comm'],
      attempt: { operation: ['open', '/t/enforce/file/deny_comm-open-comm', 'r'], comm: 'barred-1' },
      neighbour: { operation: ['open', '/t/enforce/file/deny_comm-open-comm-beside', 'r'], comm: 'spared-1' },
      event: { kind: 'rule' },
    });
    expect(connect?.attempt.operation).toEqual(connect?.neighbour?.operation);
    expect(connect?.event).toMatchObject({ kind: 'network', operation: 'connect', fields: { remote_port: 80 } });
  });

  it('with several subjects is proved by each: what is free differs by one alone', () => {
    const config = { deny_flow: { item: '{ip}:{port}', denies: ['connect'] } };
    const rules = denialsOf(config).map(({ name, attempt, neighbour }) => [
      name,
      attempt.operation.slice(1, 3).join(':'),
      neighbour?.operation.slice(1, 3).join(':'),
    ]);
    expect(rules).toEqual([
      ['deny_flow: connect, beside another ip', '127.0.7.1:9201', '127.0.8.1:9201'],
      ['deny_flow: connect, beside another port', '127.0.7.1:9201', '127.0.7.1:80'],
    ]);
    expect(itemsOf(config)).toEqual({ deny_flow: Array(4).fill('127.0.7.1:9201') });
    expect(ownRulePorts(rulesFrom(config))).toEqual([9201]);
    const reads = { deny_reads: { item: '{comm} {path}', denies: ['open'] } };
    const t = '/t/enforce/file/deny_reads-open';
    expect(itemsOf(reads)).toEqual({
      deny_reads: [`barred-1 ${t}-comm`, `barred-1 ${t}-comm-beside`, `barred-1 ${t}-path`, `barred-1 ${t}-path`],
    });
  });

  it('has names and addresses of its own: no other kind denies the same attempt', () => {
    const one = { item: '{comm} {ip}', denies: ['connect'] };
    const [first, , second] = denialsOf({ deny_a: one, deny_b: one });
    expect([first?.attempt.comm, second?.attempt.comm]).toEqual(['barred-1', 'barred-2']);
    expect(first?.attempt.operation[1]).not.toBe(second?.attempt.operation[1]);
  });

  it.each([
    ['none', null],
    ['block', { kind: 'rule' }],
  ] as const)('whose denials have the event %s', (event, expected) => {
    const [connect] = denialsOf({ deny_a: { item: '{ip}', denies: ['connect'], event } });
    expect(connect?.event).toEqual(expected);
  });

  it.each(everyOperation)('may deny $operation', ({ operation, item, subjects }) => {
    const config = { deny_it: { item, denies: [operation] } };
    const denials = denialsOf(config);
    expect(denials).toHaveLength(subjects.length);
    const { deny_it: items = [] } = itemsOf(config) as Record<string, readonly string[]>;
    for (const { attempt, neighbour } of denials) {
      expect(operationOf(attempt.operation)).toBe(operation);
      expect(stopsOf(attempt.operation.join(' '), 'lsm', unnamedTarget).length).toBeGreaterThan(0);
      expect(neighbour).not.toEqual(attempt);
      // A rule names the denied attempt as it is made.
      for (const subject of subjects.filter((name) => name === 'path' || name === 'ip')) {
        const value =
          attempt.operation[{ path: 1, ip: operation === 'accept' || operation === 'receive' ? 2 : 1 }[subject]];
        expect(items.some((one) => one.includes(String(value)))).toBe(true);
      }
      expect((attempt.comm ?? '').length).toBeLessThan(16);
    }
  });
});

describe('findings and filters', () => {
  it('know its scenarios by their names', () => {
    expect(ownRuleOf('deny_comm: open')).toBe('deny_comm');
    expect(ownRuleOf('open(2) for reading')).toBeNull();
    expect(ownRuleOf('signal term: execve')).toBeNull();
    expect(rulesOf('file', 'deny_comm: open')).toEqual(['deny_comm']);
  });

  it('find them among the proofs of the contract, with the BPF LSM alone', () => {
    const rules = rulesFrom({ deny_comm: { item: '{comm}', denies: ['open'] } });
    const offer = {
      rules: new Set(aegis.conventions.rules),
      signals: new Set(aegis.conventions.signals),
      features: new Set(Object.keys(aegis.conventions.features)),
      overrides: new Set(['lsm'] as const),
      dialect: { rules } as NonNullable<Parameters<typeof aegis.proofs>[1]['dialect']>,
    };
    const classesIn = (environment: 'lsm' | 'no-lsm'): number =>
      pickProofs(aegis.proofs(environment, offer), {
        classes: new Set(['file', 'signal'] as const),
        scenarios: everyScenario,
      })
        .flatMap(({ classes }) => classes.flatMap((one) => one.in('/t/x', unnamedTarget).scenarios))
        .filter(({ name }) => name === 'deny_comm: open').length;
    expect([classesIn('lsm'), classesIn('no-lsm')]).toEqual([2, 0]);
  });
});
