// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { checkRows, type ShownCheck } from '../../../report/html/page/check-rows.js';
import { foldLog } from '../../../report/html/page/fold-log.js';
import { narrowPage } from '../../../report/html/page/narrow-page.js';
import { parseRoute, type Route, routeHash } from '../../../report/html/page/route.js';
import { pageDataOf } from '../../../report/html/page-data-of.js';
import { rejectedOn612, unavailable } from '../../fixtures/reports.js';

/** What runs in the browser and needs none. */

const route = (more: Partial<Route> = {}): Route => ({ open: { kind: 'nothing' }, query: '', show: 'all', ...more });

describe('the address', () => {
  it.each<Route>([
    route(),
    route({ open: { kind: 'entry', id: 'VERIFIER_REJECTED-1' }, query: 'a b&c=#', show: 'bad' }),
    route({ open: { kind: 'kernel', id: 'mine/../x?y' } }),
    route({ open: { kind: 'cell', map: 'programs/a/b', row: 'file (no-lsm) 100 %', kernel: '6.12' } }),
  ])('gives back %j', (one) => {
    expect(parseRoute(routeHash(one))).toEqual(one);
  });

  it.each(['', '#', '#/cell/one/two', '#/entry', '#/other/x', '#/kernel/'])('%j opens nothing', (hash) => {
    expect(parseRoute(hash).open).toEqual({ kind: 'nothing' });
  });

  it('takes a broken escape as it is', () => {
    expect(parseRoute('#/entry/%zz').open).toEqual({ kind: 'entry', id: '%zz' });
  });
});

describe('a verifier log', () => {
  const pass = (at: number, ...insns: number[]): string[] => insns.map((insn) => `${insn}: (07) r1 += ${at}`);
  const folded = (lines: readonly string[], keep: number | null = null): readonly string[] =>
    foldLog(lines, keep).map((part) =>
      part.kind === 'line' ? part.line.text : `${part.count} x ${part.from}-${part.to} (${part.lines.length})`,
    );

  it('shows the first and the last of passes through the same instructions, each with what is said about it', () => {
    const lines = [
      'func#0 @0',
      ...pass(0, 0, 1, 2, 3),
      ...Array.from({ length: 5 }, (_, at) => ['from 3 to 2: R1=1', ...pass(at, 2, 3)]).flat(),
      ...pass(9, 2, 4),
      'R0 invalid mem access',
    ];
    expect(folded(lines)).toEqual([...lines.slice(0, 5), ...lines.slice(5, 8), '3 x 2-3 (9)', ...lines.slice(17)]);
  });

  it('loses no line, and keeps their numbers', () => {
    const lines = [...pass(0, 0, 1), ...Array.from({ length: 9 }, (_, at) => pass(at, 1, 2)).flat(), 'end'];
    const all = foldLog(lines, null).flatMap((part) => (part.kind === 'line' ? [part.line] : part.lines));
    expect(all).toEqual(lines.map((text, at) => ({ number: at + 1, text })));
  });

  it('never hides the line that decided', () => {
    const lines = Array.from({ length: 9 }, (_, at) => pass(at, 1, 2)).flat();
    expect(folded(lines, 7)).toEqual(lines);
  });

  it('is left as it is without a loop, with two passes, and where it is no verifier log', () => {
    for (const lines of [pass(0, 0, 1, 2), [...pass(0, 1, 2), ...pass(1, 1, 2)], ['a', 'a', 'a', 'a'], ['']]) {
      expect(folded(lines)).toEqual(lines);
    }
  });
});

describe('a search', () => {
  const data = pageDataOf({ report: rejectedOn612(), diffs: null, target: () => null }, null);
  const rows = (more: Partial<Route>): readonly string[] =>
    narrowPage(data, route(more)).maps.flatMap((map) => map.rows.map(({ name }) => name));
  const codes = (more: Partial<Route>): readonly string[] =>
    narrowPage(data, route(more)).groups.flatMap(({ entries }) => entries.map(({ code }) => code));

  it('wants all words, whatever their case, and takes a kernel for a column', () => {
    expect(rows({ query: 'LSM/socket conn' })).toEqual(['socket_connect']);
    expect(rows({ query: 'connect nothing' })).toEqual([]);
    expect(narrowPage(data, route({ query: '6.12 connect 6.1' })).columns).toEqual([0, 1]);
  });

  it('leaves entries of the kernels that are named', () => {
    expect([codes({}), codes({ query: '6.12' }), codes({ query: '6.1' })]).toEqual([
      ['VERIFIER_REJECTED'],
      ['VERIFIER_REJECTED'],
      [],
    ]);
    expect(codes({ query: 'unknown scalar' })).toEqual(['VERIFIER_REJECTED']);
  });

  it('for what failed leaves rows that failed on a column that is shown', () => {
    expect(rows({ show: 'bad' })).toEqual(['socket_connect', 'whole object']);
    expect(rows({ show: 'bad', query: '6.1' })).toEqual([]);
    const missing = pageDataOf({ report: unavailable(), diffs: null, target: () => null }, null);
    expect(narrowPage(missing, route({ show: 'bad' })).groups.map(({ group }) => group)).toContain(
      'Kernels that were not run',
    );
  });
});

describe('the table of checks', () => {
  const check = (name: string, more: Partial<ShownCheck> = {}): ShownCheck => ({
    kernel: '6.12',
    label: 'file',
    scenario: 'open',
    check: name,
    attempt: 'open /x r',
    state: 'pass',
    cameTo: '',
    evidence: '',
    ...more,
  });

  it('has one row for checks of which there is the same to say, and failures first', () => {
    const fail = check('denied', { state: 'fail', cameTo: 'ENFORCEMENT_LEAK: expected EPERM, succeeded' });
    const rows = checkRows([check('control'), check('neighbour', { attempt: 'open /y r' }), fail, check('audit')]);
    expect(rows.map(({ first, checks, attempts }) => [first.state, checks, attempts])).toEqual([
      ['fail', ['denied'], ['open /x r']],
      ['pass', ['control', 'neighbour', 'audit'], ['open /x r', 'open /y r']],
    ]);
  });

  it('keeps kernels, classes, scenarios and evidence apart', () => {
    const others = [{ kernel: '6.1' }, { label: 'bypass' }, { scenario: 'creat' }, { evidence: 'a line' }];
    expect(checkRows([check('a'), ...others.map((more) => check('a', more))])).toHaveLength(5);
  });
});
