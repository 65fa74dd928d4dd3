// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { comparisonMarkdown, comparisonPage, describeKernel } from '../../../report/pages/comparison.js';
import { compareCellChange } from '../../../report/views/program-changes.js';
import { broken67, unavailable515 } from '../../fixtures/report-base.js';
import { comparison, hooks, kernelWith, rejected, whole } from '../../fixtures/compare.js';
import { pageOf, writeReport } from '../../fixtures/reporting.js';

const page = pageOf(100);
const range = 'At program exit the register R0 has unknown scalar value should have been in [-4095, 0]';
const lossy = comparison([
  kernelWith('6.1', whole('old'), whole('new')),
  kernelWith('6.12', whole('old'), rejected('new', hooks.slice(0, 6))),
  kernelWith('6.16', whole('old'), rejected('new', hooks.slice(0, 6))),
]);

it('tells one line a kernel: how much loads in each, what is lost, and why', () => {
  expect(lossy.kernels.map(describeKernel)).toEqual([
    '6.1: old 7/7, new 7/7: the same programs load',
    `6.12: old 7/7, new 1/7: lost 6 programs lsm/socket_*: VERIFIER_REJECTED: lsm-return-range: ${range}`,
    `6.16: old 7/7, new 1/7: lost 6 programs lsm/socket_*: VERIFIER_REJECTED: lsm-return-range: ${range}`,
  ]);
});

it('names up to three programs, and summarises no two', () => {
  const lines = (count: number) =>
    comparison([kernelWith('6.12', whole('old'), rejected('new', hooks.slice(7 - count)))]).kernels.map(
      describeKernel,
    )[0];
  expect(lines(3)).toContain('lost socket_sendmsg, socket_recvmsg, file_open: ');
  expect(lines(4)).toContain('lost 4 programs (lsm/socket_* (3), file_open): ');
});

it('says the direction: a gain is told as one, with what was wrong before', () => {
  const better = comparison([kernelWith('6.12', rejected('old', ['lsm/file_open']), whole('new'))]);
  expect(better.kernels.map(describeKernel)).toEqual([
    `6.12: old 6/7, new 7/7: gained file_open, before: VERIFIER_REJECTED: lsm-return-range: ${range}`,
  ]);
  expect(comparisonPage(better, page).at(-1)).toBe(
    'PASS: exit 0, every program that loads in old loads in new; programs are gained on 6.12',
  );
});

it('names the object where there are several, and says what could not be compared', () => {
  const kernel = kernelWith('6.12', whole('old'), whole('new'), rejected('third', ['lsm/file_open']));
  const result = comparison([kernel, unavailable515, broken67], ['old', 'new', 'third']);
  expect(result.kernels.map(describeKernel)).toEqual([
    `6.12: old 7/7, new 7/7, third 6/7: third lost file_open: VERIFIER_REJECTED: lsm-return-range: ${range}`,
    '5.15: not compared: ARCHIVE_UNREACHABLE: no Ubuntu archive could be reached',
    '6.7: not compared: KERNEL_PANIC: the kernel panicked while it booted: Attempted to kill init!',
  ]);
});

it('shows a cell as what it was, what it is, and by how much it changed', () => {
  const reason = { code: null, decidingLine: '', source: null, cause: null, page: null };
  const loaded = (insns: number | null, change: number | null = null) => ({ kind: 'loaded', insns, change }) as const;
  const failed = { kind: 'failed', reason } as const;
  const absent = { kind: 'absent', reason } as const;
  const texts = [
    compareCellChange(loaded(1000), loaded(1150, 15)),
    compareCellChange(loaded(1000), loaded(995, -0.5)),
    compareCellChange(loaded(20), loaded(20, 0)),
    compareCellChange(loaded(null), loaded(20)),
    compareCellChange(loaded(20), failed),
    compareCellChange(failed, loaded(20)),
    compareCellChange(failed, failed),
    compareCellChange(loaded(20), absent),
  ].map(({ text }) => text);
  expect(texts).toEqual([
    '1 000 -> 1 150 +15.0 %',
    '1 000 -> 995 -0.5 %',
    '20 =',
    'ok -> 20',
    '20 -> FAIL',
    'FAIL -> 20',
    'FAIL',
    '20 -> none',
  ]);
});

it('is a table, a line a kernel, and each loss once with its source line and all kernels that show it', () => {
  const lines = comparisonPage(lossy, page);
  expect(lines).toContain('Instructions, old -> new');
  expect(lines).toContain('  socket_connect  718 =  718 -> FAIL  718 -> FAIL');
  expect(lines).toContain('  6.12, 6.16');
  expect(lines).toContain('    at bpf/aegis/net.bpf.h:88  return denied ? -EPERM : 0;');
  expect(lines).toContain('    see docs/rejections/lsm-return-range.md');
  expect(lines.filter((line) => line.includes('net.bpf.h:88'))).toHaveLength(1);
  expect(lines.at(-2)).toBe('report: reports/latest/compare.md');
  expect(lines.at(-1)).toBe('FAIL: exit 1, from old to new programs are lost on 6.12, 6.16');
});

it('fits a narrow page', () => {
  const table = comparisonPage(lossy, pageOf(40)).filter((line) => line.startsWith('  socket_connect'));
  expect(table.length).toBeGreaterThan(1);
  for (const line of table) expect(line.length).toBeLessThanOrEqual(40);
});

it('is Markdown with the verdict first', () => {
  const text = comparisonMarkdown(lossy);
  expect(text.split('\n')[0]).toBe('## ❌ FAIL: exit 1, from old to new programs are lost on 6.12, 6.16');
  expect(text).toContain('- **6.12, new**: 6 programs lsm/socket&#95;&#42;');
  expect(text).toContain('| `socket_connect` | 718 = | 718 -&#62; FAIL | 718 -&#62; FAIL |');
});

it('writes compare.md and compare.json', async () => {
  const out = await mkdtemp(join(tmpdir(), 'compare-test-'));
  try {
    await writeReport('markdown', 'comparison', lossy, out);
    await writeReport('json', 'comparison', lossy, out);
    expect(await readFile(join(out, 'compare.md'), 'utf8')).toBe(comparisonMarkdown(lossy));
    const json: unknown = JSON.parse(await readFile(join(out, 'compare.json'), 'utf8'));
    expect(json).toEqual(JSON.parse(JSON.stringify(lossy)));
    expect(json).toMatchObject({ schema: 1, outcome: 'lost', exitCode: 1 });
  } finally {
    await rm(out, { recursive: true });
  }
});
