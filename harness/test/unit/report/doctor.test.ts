// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { HostReport } from '../../../model/doctor.js';
import { doctorPage } from '../../../report/pages/doctor.js';
import { terminalPalette } from '../../../report/views/page.js';

const palette = terminalPalette({ isTTY: false }, {});
const report: HostReport = {
  schema: 1,
  tool: { name: 'bpf-matrix', version: '0.1.0' },
  checks: [
    { name: 'node', state: 'ok', detail: 'v20.19.0', next: null },
    {
      name: 'kvm',
      state: 'slow',
      detail: `QEMU was killed by SIGABRT: ${'a long word and '.repeat(8)}that was it; machines are emulated (TCG)`,
      next: 'nothing to do',
    },
    { name: 'kernel 5.15', state: 'missing', detail: 'ARCHIVE_UNREACHABLE', next: 'set a mirror' },
  ],
};

it('fits its terminal, with each next step below its line', () => {
  const lines = doctorPage(report, { columns: 80, palette });
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines).toContain('  ok       node         v20.19.0');
  expect(lines[lines.indexOf('  MISSING  kernel 5.15  ARCHIVE_UNREACHABLE') + 1]).toBe(
    '                        next: set a mirror',
  );
  expect(lines.join(' ').replaceAll(/ +/g, ' ')).toContain(
    'that was it; machines are emulated (TCG) next: nothing to do',
  );
});

it('ends with what is missing, and is ready where nothing is', () => {
  expect(doctorPage(report, { columns: 80, palette }).at(-1)).toBe('NOT READY: exit 3, 1 thing missing: kernel 5.15');
  const checks = report.checks.filter(({ state }) => state !== 'missing');
  expect(doctorPage({ ...report, checks }, { columns: 80, palette }).at(-1)).toBe(
    'READY: exit 0, all that runs need is here',
  );
});
