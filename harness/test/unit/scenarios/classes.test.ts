// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { describe, expect, it } from 'vitest';
import { aegisEvents as reader } from '../../../contracts/aegis/event-reader.js';
import { ruleKinds } from '../../../contracts/aegis/policy.js';
import type { Inode, PolicyRules } from '../../../contracts/contract.js';
import type { CheckClass } from '../../../model/check.js';
import type { RuleKind } from '../../../model/agent.js';
import { probedOperations } from '../../../model/operations.js';
import type { EventPattern } from '../../../model/scenario-evidence.js';
import { denialClasses, essentialClasses, fallbackClasses } from '../../../scenarios/classes/index.js';
import { servedPorts } from '../../../scenarios/guest-places.js';
import { operationOf } from '../../../scenarios/operations.js';
import type { Attempt, Denial, ProbeOperation, Scenario, ScenarioClass } from '../../../scenarios/scenario.js';
import { unnamedTarget } from '../../../target.js';

/** Operations of the probe with the number of their arguments, from the tables in its source. */
function probeOperations(): ReadonlyMap<string, number> {
  const folder = 'bpf/probe/attempt';
  const found = new Map<string, number>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.c'))) {
    const tables = readFileSync(`${folder}/${file}`, 'utf8').matchAll(
      /struct operation \w+_operations\[\] = \{(.*?)\n\};/gs,
    );
    for (const [, table = ''] of tables) {
      for (const [, name = '', count] of table.matchAll(/\{"([^"]+)", (\d+), \w+, \w+\}/g))
        found.set(name, Number(count));
    }
  }
  return found;
}

const inode = (path: string): Inode => ({ dev: 8_388_609, ino: path.length });
const contents = denialClasses.map((one) => ({
  class: one.class,
  ...one.in(`/t/enforce/${one.class}`, unnamedTarget),
}));
const scenarios = contents.flatMap((one) => one.scenarios.map((scenario) => ({ of: one.class, scenario })));
const attemptsOf = (one: Scenario): readonly Attempt[] => [
  one.attempt,
  ...(one.kind === 'denied' && one.neighbour !== null ? [one.neighbour] : []),
];
const patternOf = ({ event }: Denial, of: typeof inode = inode): EventPattern => {
  const found = event === null ? null : reader.pattern({ about: event, action: 'BLOCK', comm: null }, of);
  if (found === null) throw new Error('an event that the contract does not have');
  return found;
};
const isDenial = (one: { of: string; scenario: Scenario }): one is { of: CheckClass; scenario: Denial } =>
  one.scenario.kind === 'denied';
const denials = scenarios.filter(isDenial);
/** What is said to be out of sight, with the LSM or without it, and why. */
const outOfSight = scenarios.flatMap(({ of, scenario }) => {
  if (scenario.kind === 'uncovered') return [{ of, name: scenario.name, why: scenario.why }];
  const fallback = scenario.kind === 'denied' ? scenario.fallback : null;
  return typeof fallback === 'object' && fallback !== null
    ? [{ of, name: scenario.name, why: fallback.uncovered }]
    : [];
});
const namesOf = (one: ScenarioClass) => one.in('/t/x', unnamedTarget).scenarios.map(({ name }) => name);

describe('every scenario', () => {
  const operations = probeOperations();
  const words: readonly (readonly [string, ProbeOperation])[] = [
    ...scenarios.flatMap(({ of, scenario }) =>
      attemptsOf(scenario).map((attempt) => [`${of}: ${scenario.name}`, attempt.operation] as const),
    ),
    ...contents.flatMap((one) => one.arrange.map((step) => [`${one.class}: arranging`, step] as const)),
  ];

  it('the tables of the probe are found', () => {
    expect(operations.size).toBeGreaterThan(50);
    expect(operations.get('open')).toBe(2);
    expect(operations.get('bpf-get')).toBe(1);
  });

  it.each(words)('%s: %j is an operation of the probe with as many arguments', (_, [name, ...args]) => {
    expect(operations.get(name), name).toBe(args.length);
    // A batch is lines of fields between tabs; a field that is empty or has one of its own would be another attempt.
    for (const field of [name, ...args]) expect(field).toMatch(/^[^\t\n]*$/);
  });

  it('are denials for the most part, and some are out of sight', () => {
    expect(denials.length).toBeGreaterThan(50);
    expect(outOfSight.length).toBeGreaterThan(10);
  });

  it.each(denials)('$of: $scenario.name can tell denied from free', ({ scenario }) => {
    expect(scenario.refusal).not.toBe(scenario.free);
    expect(scenario.refusal).toBeGreaterThan(0);
  });

  it.each(denials)('$of: $scenario.name has a neighbour that is another attempt', ({ scenario }) => {
    expect(scenario.neighbour).not.toBeNull();
    expect(scenario.neighbour).not.toEqual(scenario.attempt);
    expect(scenario.neighbour?.operation[0]).toBe(scenario.attempt.operation[0]);
  });

  it.each(scenarios)('$of: $scenario.name says which rules it is about', ({ of, scenario }) => {
    const rules: PolicyRules = contents.find((one) => one.class === of)?.rules(inode) ?? {};
    expect(scenario.rules.length).toBeGreaterThan(0);
    for (const kind of scenario.rules) expect(Object.keys(rules)).toContain(kind);
    const exempts = attemptsOf(scenario).some(({ cgroup }) => cgroup !== null);
    expect(scenario.rules.includes('allow_cgroup'), 'allow_cgroup').toBe(exempts);
  });

  it.each(outOfSight)('$of: $name says in words why it is out of sight', ({ why }) => {
    expect(why.split(' ').length).toBeGreaterThan(3);
  });

  it.each(denials)('$of: $scenario.name expects an event about a file that was looked up', ({ of, scenario }) => {
    const { inodes } = contents.find((one) => one.class === of)!;
    const known = (path: string): Inode => {
      expect(inodes).toContain(path);
      return inode(path);
    };
    expect(patternOf(scenario, known).anyOf.length).toBeGreaterThan(0);
  });
});

describe('every class', () => {
  it.each([
    ['with the LSM', denialClasses],
    ['in the fallback', fallbackClasses],
    ['of essentials', essentialClasses],
  ])('%s has scenarios, each with a name of its own', (_, classes) => {
    expect(new Set(classes.map((one) => one.class)).size).toBe(classes.length);
    for (const one of classes) {
      expect(namesOf(one).length, one.class).toBeGreaterThan(0);
      expect(new Set(namesOf(one)).size, one.class).toBe(namesOf(one).length);
    }
  });

  it('keeps to its own folder, so that phases do not meet', () => {
    expect(contents.flatMap(({ arrange }) => arrange).length).toBeGreaterThan(20);
    for (const { class: name, arrange, inodes } of contents) {
      const makers = arrange.filter(([operation]) => operation !== 'address' && operation !== 'bpf-pin');
      for (const [operation, first = '', second = ''] of makers) {
        const made = ['copy', 'symlink', 'link'].includes(operation) ? second : first;
        expect(made).toMatch(new RegExp(`^/t/enforce/${name}/`));
      }
      for (const path of inodes) expect(path).toMatch(new RegExp(`^/t/enforce/${name}/`));
    }
  });

  it('arranges what it gives its inodes to', () => {
    expect(contents.flatMap(({ inodes }) => inodes).length).toBeGreaterThan(10);
    for (const { class: name, arrange, inodes } of contents) {
      const made = new Set(arrange.flatMap(([operation, a = '', b = '']) => (operation === 'copy' ? [b] : [a])));
      for (const path of inodes) expect(made, name).toContain(path);
    }
  });
});

describe('all classes together', () => {
  it('use every rule kind of the contract, and have a scenario that needs it', () => {
    const used = new Set(contents.flatMap((one) => Object.keys(one.rules(inode))));
    const needed = new Set(scenarios.flatMap(({ scenario }) => scenario.rules));
    expect([...used].sort()).toEqual([...ruleKinds].sort());
    expect([...needed].sort()).toEqual([...ruleKinds].sort());
  });

  it.each(ruleKinds.filter((kind) => kind !== 'allow_cgroup'))('deny something by %s', (kind: RuleKind) => {
    const proofs = scenarios.filter(({ scenario }) => scenario.kind === 'denied' && scenario.rules.includes(kind));
    expect(proofs.length).toBeGreaterThan(0);
  });

  it('deny no address that a neighbour, or an allowed attempt, goes to', () => {
    const denied = new Set(contents.flatMap((one) => one.rules(inode).deny_ip ?? []));
    const free = scenarios.flatMap(({ scenario }) => {
      if (scenario.kind === 'denied') return scenario.neighbour === null ? [] : [scenario.neighbour];
      return scenario.kind === 'allowed' ? [scenario.attempt] : [];
    });
    // The peer of an accept or recv comes first, what a send only names comes after it.
    const addresses = free
      .filter(({ cgroup }) => cgroup === null)
      .flatMap(({ operation }) => operation.find((word) => isIP(word) !== 0) ?? []);
    expect(addresses.length).toBeGreaterThan(20);
    for (const address of addresses) expect(denied).not.toContain(address.replace('::ffff:', ''));
  });

  it('send neighbours only where a server answers', () => {
    const connects = scenarios.flatMap(({ scenario }) =>
      scenario.kind === 'denied' && scenario.neighbour?.operation[0] === 'connect'
        ? [scenario.neighbour.operation]
        : [],
    );
    expect(connects.length).toBeGreaterThan(5);
    for (const [, , port] of connects) expect(servedPorts.map(String)).toContain(port);
  });

  it('reach every socket hook, tcp and udp, v4 and v6, and each kind of network rule', () => {
    const patterns = scenarios.flatMap(({ of, scenario }) =>
      of === 'network' && scenario.kind === 'denied' ? [patternOf(scenario)] : [],
    );
    expect(new Set(patterns.map(({ always }) => always['type'])).size).toBe(6);
    const values = (field: string) => new Set(patterns.flatMap(({ anyOf }) => anyOf.map((fields) => fields[field])));
    for (const [field, wanted] of [
      ['rule_type', ['ip', 'cidr', 'ip_port', 'port']],
      ['family', ['ipv4', 'ipv6']],
      ['protocol', ['tcp', 'udp']],
    ] as const) {
      for (const value of wanted) expect(values(field), field).toContain(value);
    }
  });
});

describe('the fallback', () => {
  it('leaves out the classes that no signal can serve', () => {
    expect(fallbackClasses.map((one) => one.class)).toEqual(['file', 'exec', 'network', 'bypass', 'posture']);
    const kinds = new Set(fallbackClasses.flatMap((one) => Object.keys(one.in('/t/x', unnamedTarget).rules(inode))));
    for (const kind of ['deny_ptrace', 'deny_module_load', 'deny_bpf']) expect(kinds).not.toContain(kind);
  });

  it('meets some attempts, and says of others that it cannot', () => {
    const ways = fallbackClasses
      .flatMap((one) => one.in('/t/x', unnamedTarget).scenarios)
      .filter((one) => one.kind === 'denied');
    expect(ways.filter(({ fallback }) => fallback === 'signal').length).toBeGreaterThan(30);
    expect(ways.filter(({ fallback }) => typeof fallback === 'object').length).toBeGreaterThan(5);
  });

  it('tries open, exec, connect and sendto with each signal', () => {
    const operations = essentialClasses.flatMap((one) =>
      one.in('/t/x', unnamedTarget).scenarios.map(({ attempt }) => attempt.operation[0]),
    );
    expect(operations).toEqual(['open', 'exec', 'connect', 'sendto']);
  });
});

describe('operations that an agent may claim', () => {
  const denials = scenarios.flatMap(({ scenario }) => (scenario.kind === 'denied' ? [scenario] : []));
  const claimed = denials.map(({ attempt }) => operationOf(attempt.operation));

  it('are found in every denial, and each of them in one', () => {
    const unknown = denials.filter(({ attempt }) => operationOf(attempt.operation) === null);
    expect(unknown.map(({ attempt }) => attempt.operation[0])).toEqual([]);
    expect([...new Set(claimed)].sort()).toEqual([...probedOperations].sort());
  });
});
