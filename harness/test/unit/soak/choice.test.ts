// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { allKinds, scheduleOf } from '../../../soak/kinds/index.js';
import { soakOptions } from '../../../soak/options.js';
import { randomOf } from '../../../soak/random.js';
import { soakTable } from '../../../soak/table.js';
import type { Trial } from '../../../soak/trial.js';

describe('the faults of a soak', () => {
  const chosen = (seed: number): readonly string[] =>
    scheduleOf(allKinds, 150).map((kind, index) => `${kind.name}: ${kind.choose(randomOf(seed, index + 1)).what}`);

  it('follow from the seed', () => {
    expect(chosen(7)).toEqual(chosen(7));
    expect(chosen(8)).not.toEqual(chosen(7));
  });

  it('are of every kind, as often as its share', () => {
    const names = scheduleOf(allKinds, 150).map(({ name }) => name);
    for (const { name } of allKinds) expect([name, names.includes(name)]).toEqual([name, true]);
    expect(names).toHaveLength(150);
  });

  it('allow a pass of 1 or of a signal nowhere unless they say so', () => {
    for (const kind of allKinds) {
      const { ends } = kind.choose(randomOf(3, 1));
      expect(ends.codes.length, kind.name).toBeGreaterThan(0);
      if (ends.passes === 'usual') expect(ends.codes, kind.name).not.toContain(1);
    }
  });

  it('come from numbers that are spread', () => {
    const { between } = randomOf(1, 1);
    const seen = new Set(Array.from({ length: 400 }, () => between(0, 9)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });
});

describe('the command line of a soak', () => {
  it('has a seed of its own where none is given, and all kinds', () => {
    expect(soakOptions([])).toMatchObject({ count: 150, jobs: 2, kinds: allKinds, only: null });
    expect(soakOptions(['--kind', 'stop,clock']).kinds.map(({ name }) => name)).toEqual(['stop', 'clock']);
  });

  it.each([['--count', '0'], ['--seed', 'x'], ['--kind', 'nothing'], ['--what']])('refuses %s %s', (...args) => {
    expect(() => soakOptions(args)).toThrow();
  });
});

describe('the table of a soak', () => {
  const trial = (kind: string, wrong: readonly string[]): Trial => {
    return { number: 1, kind, what: 'x', wrong, seconds: 1, mebibytes: 90 };
  };

  it('counts what was tried and what was right, and shows what was not', () => {
    const lines = soakTable(allKinds, [trial('stop', []), trial('stop', ['exit 1, and not 0'])]);
    expect(lines.find((line) => line.startsWith('  stop '))).toMatch(/^ {2}stop +2 +1 /);
    expect(lines.find((line) => line.startsWith('  all '))).toMatch(/^ {2}all +2 +1 .*90 MiB/);
    expect(lines.slice(-2)).toEqual(['  WRONG 1: stop: x', '    exit 1, and not 0']);
  });
});
