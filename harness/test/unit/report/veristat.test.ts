// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Manifest } from '../../../model/manifest.js';
import type { RanKernel, RunReport } from '../../../model/report.js';
import { regressionLines, renderVeristat } from '../../../report/reporters/veristat.js';
import { veristatCsv } from '../../../results/veristat-csv.js';
import { mayBeBaseline, manifestsOf } from '../../../verdict/manifest-of.js';
import { broken, rejectedOn612 } from '../../fixtures/reports.js';
import { finished, writeReport } from '../../fixtures/reporting.js';
import { aegis, run } from '../../fixtures/report-base.js';
import { loadedProgram, objectOf, ranKernel } from '../../fixtures/report-parts.js';

const header =
  'file_name,prog_name,verdict,duration,total_insns,total_states,peak_states,max_states_per_insn,max_mark_read_len';

function kernel(id: string, insns: number): RanKernel {
  const program = loadedProgram('lsm/file_open');
  const stats = { ...program.stats!, insns };
  return ranKernel(id, `${id}.1`, [objectOf('aegis', [{ ...program, stats }])]);
}

function manifests(report: RunReport): readonly Manifest[] {
  return report.kernels.filter(mayBeBaseline).flatMap((one) => manifestsOf(report, one));
}

it('has the columns that veristat has had since 6.12, and what it prints of a program that failed', () => {
  const report = rejectedOn612();
  const lines = veristatCsv(report.objects, report.kernels[1] as RanKernel).split('\n');
  expect(lines[0]).toBe(header);
  expect(lines[1]).toBe('aegis.bpf.o,socket_connect,failure,0,0,0,0,0,0');
  expect(lines[2]).toBe('aegis.bpf.o,socket_bind,success,1214,607,51,21,4,0');
  expect(lines.every((line) => line === '' || line.split(',').length === 9)).toBe(true);
});

it('keeps a comma out of a file name: veristat knows no quotes', () => {
  const csv = veristatCsv([{ ...aegis, file: 'a,b.o' }], kernel('6.1', 10));
  expect(csv.split('\n')[1]).toMatch(/^a_b\.o,file_open,/);
});

it('shows base, now and change, kernels side by side, and who is the outlier', () => {
  const now = manifests(run([kernel('6.1', 5000), kernel('6.12', 1300), kernel('6.17', 900)], 0));
  const before = manifests(run([kernel('6.12', 1000), kernel('6.17', 900)], 0));
  const text = renderVeristat(now, new Map(before.map((one) => [one.kernel.id, one])));
  expect(text).toContain('| program | 6.1 | 6.12 | 6.17 | outlier |');
  expect(text).toContain('| `aegis/file_open` | 5 000 | 1 000 → 1 300 (+30.0 %) | 900 | 6.1 |');
  expect(text).toContain(
    '| 6.1 | `aegis/file_open` 5 000, 0.5 %, 995 000 left | `aegis/file_open` 128, 25.0 %, 384 left |',
  );
});

it('writes a file a kernel that ran to its end', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'veristat-test-'));
  try {
    await writeReport('veristat', 'run', finished(broken()), folder);
    expect((await readdir(join(folder, 'veristat'))).sort()).toEqual(['6.1.csv', '6.12.csv', '6.17.csv']);
    expect(await readdir(folder)).toContain('veristat.md');
  } finally {
    await rm(folder, { recursive: true });
  }
});

it('says below its tables on which lines programs grew', () => {
  const line = {
    function: 'walk',
    file: 'a.bpf.c',
    line: 7,
    text: 'for (;;)',
    before: 10,
    now: 40,
    share: 1,
    changed: true,
  };
  const blame = { before: 100, now: 130, lines: [line], exact: true };
  const change = { kind: 'VERIFIER_REGRESSION', item: 'aegis/walk, insns', before: '100', now: '130', blame } as const;
  const diff = { kernel: '6.1', skipped: null, updated: false, changes: [change] };
  expect(regressionLines([diff])).toEqual([
    '### Lines that grew',
    '',
    '- `aegis/walk`: +30.0 % on 6.1, of it 100 % at a.bpf.c:7 (changed)',
    '',
  ]);
  expect(regressionLines([{ ...diff, changes: [] }])).toEqual([]);
});
