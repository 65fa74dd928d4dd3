// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { KnownCost, KnownLine } from '../../../model/blame.js';
import type { ProgramCost } from '../../../model/cost.js';
import { sumOf } from '../../../model/sum.js';
import { blameGrowth } from '../../../verdict/blame.js';
import { describeBlame } from '../../../verdict/describe-blame.js';

type Row = readonly [line: number, text: string, visits: number, name?: string];

function linesOf(rows: readonly Row[]): readonly KnownLine[] {
  return rows.map(([line, text, visits, name = 'walk']) => ({ function: name, file: 'a.bpf.c', line, text, visits }));
}

function known(rows: readonly Row[], unnamed = 0): KnownCost {
  return { insns: sumOf(rows.map(([, , visits]) => visits)), lines: linesOf(rows), unnamed };
}

function costOf(rows: readonly Row[], more: Partial<ProgramCost> = {}): ProgramCost {
  const counted = sumOf(rows.map(([, , visits]) => visits));
  return {
    program: 'walk',
    logErrno: 0,
    logBytes: 1,
    insns: counted,
    counted,
    totalStates: 1,
    peakStates: 1,
    lines: linesOf(rows).map((line) => ({ ...line, insns: 1, passes: line.visits, pruned: 0 })),
    ...more,
  };
}

const before: readonly Row[] = [
  [10, 'for (i = 0; i < 24; i++) {', 48],
  [11, 'word ^= word << 7;', 72],
  [13, 'return 0;', 2],
];

describe('growth is put down to', () => {
  it('the line that was changed, before its body, which grew more', () => {
    const now: readonly Row[] = [
      [10, 'for (i = 0; i < 96; i++) {', 192],
      [11, before[1]![1], 288],
      [13, 'return 0;', 2],
    ];
    const blame = blameGrowth(known(before), costOf(now));
    expect(blame).toMatchObject({ before: 122, now: 482, exact: true });
    expect(blame?.lines).toMatchObject([
      { line: 10, before: 48, now: 192, share: 0.4, changed: true },
      { line: 11, before: 72, now: 288, share: 0.6, changed: false },
    ]);
    expect(blame && describeBlame(blame, ['6.1', '7.2'])).toBe(
      '+295.1 % on 6.1, 7.2, of it 40 % at a.bpf.c:10 (changed), 60 % at a.bpf.c:11',
    );
  });

  it('the same line where code above it moved it', () => {
    const now = [
      [90, before[0]![1], 48],
      [91, before[1]![1], 720],
      [93, 'return 0;', 2],
    ] as const;
    expect(blameGrowth(known(before), costOf(now))?.lines).toMatchObject([{ line: 91, share: 1, changed: false }]);
  });

  it('equal lines of one function in their order, and to each function by itself', () => {
    const old: readonly Row[] = [
      [1, 'step();', 5],
      [2, 'step();', 5],
      [2, 'step();', 5, 'other'],
    ];
    const now: readonly Row[] = [
      [1, 'step();', 5],
      [2, 'step();', 105],
      [2, 'step();', 5, 'other'],
    ];
    expect(blameGrowth(known(old), costOf(now))?.lines).toMatchObject([
      { line: 2, function: 'walk', before: 5, now: 105 },
    ]);
  });

  it('a new line, and not to one that was changed for little', () => {
    const now: readonly Row[] = [...before.slice(0, 2), [12, 'more();', 900], [13, 'return -1;', 20]];
    const lines = blameGrowth(known(before), costOf(now))?.lines;
    expect(lines).toMatchObject([{ line: 12 }, { line: 13, changed: true }]);
  });

  it('at most what a line can have grown by, where only the dearest were written down', () => {
    const now: readonly Row[] = [before[0]!, before[1]!, [13, 'return 0;', 102]];
    const [first] = blameGrowth(known(before.slice(0, 2), 20), costOf(now))?.lines ?? [];
    expect(first).toMatchObject({ line: 13, before: 20, now: 102, share: 1, changed: false });
  });

  it('nothing where it did not grow', () => {
    expect(blameGrowth(known(before), costOf(before))).toBeNull();
  });

  it('lines with a doubt where they do not add up, and to none that could not be counted', () => {
    const now: readonly Row[] = [
      [10, before[0]![1], 480],
      [11, before[1]![1], 72],
    ];
    const doubtful = blameGrowth(known(before), costOf(now, { insns: 600 }));
    expect(doubtful && describeBlame(doubtful, ['6.1'])).toContain('at a.bpf.c:10 (not exact: ');
    const none = blameGrowth(known(before), costOf([], { insns: null }));
    expect(none && describeBlame(none, ['6.1'])).toBe('grew on 6.1, its lines could not be counted');
  });
});
