// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { auditEvents } from '../../../contracts/audit/event-reader.js';
import { audit } from '../../../contracts/audit/index.js';
import { scenarioCatalogue } from '../../../scenarios/catalogue.js';
import { observedClasses } from '../../../scenarios/classes/index.js';
import type { Observed } from '../../../scenarios/scenario.js';
import { unnamedTarget } from '../../../target.js';

const folder = '/t/observe/any';
const all = observedClasses.flatMap(({ class: name, in: content }) =>
  content(folder, unnamedTarget).scenarios.flatMap(
    (one): readonly { readonly of: string; readonly scenario: Observed }[] =>
      one.kind === 'observed' ? [{ of: name, scenario: one }] : [],
  ),
);

describe('attempts for an observer', () => {
  it('are of classes that the contract has where it observes, at hooks that its agent has', () => {
    const [lsm] = audit.environments;
    for (const { of, scenario } of all) {
      expect(lsm?.classes).toContain(of);
      expect(audit.conventions.own.hooks).toContain(scenario.hook);
    }
    expect(new Set(all.map(({ scenario }) => scenario.hook)).size).toBe(audit.conventions.own.hooks.length);
  });

  it('have names of their own in their class', () => {
    const names = all.map(({ of, scenario }) => `${of}: ${scenario.name}`);
    expect(new Set(names).size).toBe(names.length);
  });

  it.each(all)('$of: $scenario.name expects events that the contract has', ({ scenario }) => {
    const pattern = (about: Observed['events'][number]) =>
      auditEvents.pattern({ about, action: 'reported', comm: 'attempt' }, () => ({ dev: 0, ino: 0 }));
    expect(scenario.events.every((about) => pattern(about) !== null)).toBe(true);
  });

  it('of a descendant are about a file of their own: only by its name they are known', () => {
    const named = all.flatMap(({ scenario }) => scenario.events.map((about) => ({ by: scenario.by, about })));
    const descendants = named.filter(({ by }) => by === 'descendant').map(({ about }) => JSON.stringify(about));
    expect(descendants.length).toBeGreaterThan(2);
    for (const about of descendants) {
      expect(named.filter((one) => JSON.stringify(one.about) === about)).toHaveLength(1);
    }
  });

  it('have every mode, both families, and ports whose bytes differ', () => {
    const abouts = all.flatMap(({ scenario }) => scenario.events);
    const modes = abouts.flatMap((about) => (about.kind === 'open' ? [about.mode] : []));
    expect([...new Set(modes)].sort()).toEqual(['r', 'rw', 'w']);
    const to = abouts.flatMap((about) => (about.kind === 'destination' ? [about] : []));
    expect([...new Set(to.map(({ family }) => family))].sort()).toEqual(['ipv4', 'ipv6']);
    expect(to.every(({ port }) => port >> 8 !== (port & 255))).toBe(true);
  });

  it('include addresses that are too short, which fail and have no event', () => {
    const short = all.filter(({ scenario }) => scenario.attempt.operation[0] === 'connect-length' && scenario.free > 0);
    expect(short.length).toBeGreaterThan(3);
    expect(short.every(({ scenario }) => scenario.events.length === 0)).toBe(true);
  });

  it('are listed with the other scenarios of the contract', () => {
    const listed = scenarioCatalogue(audit).map(({ scenario }) => scenario);
    for (const { scenario } of all) expect(listed).toContain(scenario.name);
    expect(listed).toContain('the ring buffer is full');
    expect(listed).toContain('bpf is not in the LSM list');
  });
});
