// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { costBlocks, costLines } from '../../../report/pages/cost.js';
import { withCosts } from '../../fixtures/costs.js';
import { pageOf } from '../../fixtures/reporting.js';
import { allPass } from '../../fixtures/reports.js';

const counted = withCosts(allPass());

it('shows the dearest program first, kernels side by side, with shares, passes and source', () => {
  const lines = costLines(counted, pageOf(140, { NO_COLOR: '1' }));
  expect(lines.slice(0, 8)).toEqual([
    '  aegis/socket_connect',
    '                              6.1              6.12             6.17',
    '    instructions visited      603              723              843',
    '    states, at the same time  100, 2           120, 2           140, 2',
    '    net.bpf.h:42 deny         400 (66 %) 100x  480 (66 %) 120x  560 (66 %) 140x  if (rules[i].port == port)',
    '    net.bpf.h:41 deny         200 (33 %) 100x  240 (33 %) 120x  280 (33 %) 140x  for (i = 0; i < RULES; i++) {',
    '    net.bpf.h:60 deny         3 (0.5 %) 1x     3 (0.4 %) 1x     3 (0.4 %) 1x     <b>return</b> denied ? -EPERM : 0;',
    '',
  ]);
});

it('clips the source to the room that is left, and leaves it out where there is none', () => {
  for (const columns of [60, 80, 100, 140]) {
    for (const line of costLines(counted, pageOf(columns))) expect(line.length).toBeLessThanOrEqual(columns);
  }
  expect(costLines(counted, pageOf(140, { NO_COLOR: '1' })).join('\n')).toContain('if (rules[i].port == port)');
});

it('says of lines that do not add up that they do not, in terminal and Markdown', () => {
  const off = withCosts(allPass(), (cost) => ({ ...cost, insns: cost.counted + 1 }));
  const none = withCosts(allPass(), (cost) => ({ ...cost, insns: null, counted: 0, lines: [], logErrno: 28 }));
  expect(costLines(off, pageOf(100, { NO_COLOR: '1' })).join('\n')).toContain(
    '6.1: not exact: the lines have 603 of 604 instructions',
  );
  expect(costBlocks(off).flat().join('\n')).toContain('not exact: the lines have 603 of 604 instructions');
  expect(costLines(none, pageOf(100, { NO_COLOR: '1' })).join('\n')).toContain(
    '6.1: not counted: the load with the whole log ended with ENOSPC',
  );
});

it('is nothing where nobody counted', () => {
  expect([costLines(allPass(), pageOf(80, { NO_COLOR: '1' })), costBlocks(allPass())]).toEqual([[], []]);
});

it('has no markup of the source in Markdown', () => {
  const text = costBlocks(counted).flat().join('\n');
  expect(text).toContain('`<b>return</b> denied ? -EPERM : 0;`');
  expect(text).toContain('400 (66 %) 100x');
});
