// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { kernelTable, runPage } from '../../../report/pages/run.js';
import { bracedPath } from '../../../report/pages/run-failures.js';
import { gridLines } from '../../../report/pages/run-tables.js';
import { gridsOf } from '../../../report/views/grid.js';
import { cellLabels } from '../../../report/views/labels.js';
import { textWidth } from '../../../report/views/width.js';
import type { RunReport } from '../../../model/report.js';
import { everyReportBothWays, stored } from '../../fixtures/both-ways.js';
import { pageOf } from '../../fixtures/reporting.js';
import { loadedProgram, objectOf, ranKernel } from '../../fixtures/report-parts.js';
import {
  allPass,
  broken,
  brokenAfterFailure,
  brokenHalfWay,
  drifted,
  pending,
  leaked,
  optionalFailing,
  rejectedOn612,
  releases,
  thirteenKernels,
  twoObjects,
  unavailable,
  withFindings,
} from '../../fixtures/reports.js';

function summary(report: RunReport, columns = 80): readonly string[] {
  return runPage(report, pageOf(columns));
}

describe('the summary of every report', async () => {
  const all = await everyReportBothWays();

  it.each(all)('%s: is printable ASCII without trailing blanks', (_name, report) => {
    for (const line of summary(report)) expect(line).toMatch(/^[\u0020-\u007e]*$/);
    for (const line of summary(report).filter((one) => !one.includes('|'))) expect(line).toBe(line.trimEnd());
  });

  it.each(all)('%s: keeps its tables inside 40, 80 and 160 columns', (_name, report) => {
    const meanings = Object.values(cellLabels).map(({ meaning }) => meaning);
    for (const columns of [40, 80, 160]) {
      const page = pageOf(columns);
      const grids = gridsOf(report).flatMap((grid, index) => gridLines(grid, report.objects[index]!, page));
      const tables = [...kernelTable(report, page), ...grids];
      const legend = (line: string): boolean => meanings.some((meaning) => line.endsWith(meaning));
      for (const line of tables.filter((one) => !legend(one)))
        expect(textWidth(line), line).toBeLessThanOrEqual(columns);
    }
  });

  it.each(all)('%s: ends with the exit code and what it means', (_name, report) => {
    expect(summary(report).at(-1)).toMatch(new RegExp(`^[A-Z]+: exit ${report.exitCode}, .`));
  });

  it('is the same for a stored run', async () => {
    expect(summary(await stored(thirteenKernels()))).toEqual(summary(thirteenKernels()));
  });
});

describe('a person reads', () => {
  it('what passed, in a table of programs and kernels', () => {
    expect(summary(allPass()).slice(0, 9)).toEqual([
      '  kernel  verdict  release                    boot            version    lock',
      '  6.1     pass     6.1.0-41-cloud-amd64       tcg 2.4 s cold  6.1.0-1    pinned',
      '  6.12    pass     6.12.57+deb13-cloud-amd64  tcg 2.4 s cold  6.12.57-1  pinned',
      '  6.17    pass     6.17.13+deb13-cloud-amd64  tcg 2.4 s cold  6.17.13-1  pinned',
      '',
      'aegis',
      expect.stringMatching(/^ {2}build\/bpf\/aegis\.bpf\.o {2}sha256 [0-9a-f]{12} {2}clang 19\.1\.7$/),
      '                     6.1  6.12  6.17',
      '  socket_connect     ok   ok    ok',
    ]);
  });

  it('which program failed where, why, at which source line, and where the log is', () => {
    const text = summary(rejectedOn612()).join('\n');
    expect(text).toContain(
      [
        'Failures',
        '  FAIL 6.12  aegis/socket_connect  VERIFIER_REJECTED (load, EINVAL)',
        '    At program exit the register R0 has unknown scalar value should have been in [-4095, 0]',
        '    at    bpf/aegis/net.bpf.h:88  return denied ? -EPERM : 0;',
        '    via   12: net.bpf.h:81 if (!rule)  if r0 == 0x0 goto pc+5: not taken; R0=map_value(map=rules,ks=4,vs=8)',
        '    via   18: net.bpf.h:88 return denied ? -EPERM : 0;  exit',
        '    why   The verifier cannot prove that the program returns a value in [-4095, 0].',
        '    do    Hide the condition behind an asm barrier.',
        '    page  docs/rejections/lsm-return-range.md',
        '    log   reports/latest/logs/6.12/verifier/socket_connect.log',
      ].join('\n'),
    );
    expect(text).toContain('  socket_connect     ok   FAIL  ok');
  });

  it('where a leaked reference came from', () => {
    expect(summary(leaked())).toContain(
      '    from  bpf/variants/leak.bpf.c:20  event = bpf_ringbuf_reserve(&events, 64, 0);',
    );
  });

  it('one entry for the same failure on three kernels', () => {
    const lines = summary(thirteenKernels());
    expect(lines.filter((line) => line.startsWith('  FAIL'))).toEqual([
      '  FAIL 6.8, 6.12, 6.16  aegis/socket_connect  VERIFIER_REJECTED (load, EINVAL)',
    ]);
    expect(lines).toContain('    log   reports/latest/logs/{6.8,6.12,6.16}/verifier/socket_connect.log');
  });

  it('every kernel of a table too wide for the terminal', () => {
    const text = summary(thirteenKernels(), 60).join('\n');
    const heads = text.split('\n').filter((line) => /^ {10,}\S/.test(line));
    expect(heads.length).toBeGreaterThan(1);
    expect(heads.join(' ').trim().split(/\s+/)).toEqual(thirteenKernels().kernels.map((kernel) => kernel.id));
  });

  it('what was tried for a kernel that is not there', () => {
    const text = summary(unavailable()).join('\n');
    expect(text).toMatch(/5\.15 +absent +ARCHIVE_UNREACHABLE/);
    expect(text).toContain('    tried host apt sources: no Ubuntu mirror configured');
    expect(text).toContain('    next  set BPF_MATRIX_UBUNTU_MIRROR');
    expect(text).toContain('4 kernels: 3 pass, 1 absent; 27 program results: 27 ok');
  });

  it('the cause and the console of a kernel that broke', () => {
    const text = summary(broken()).join('\n');
    expect(text).toContain('  BROKEN 6.7  KERNEL_PANIC');
    expect(text).toContain('    | [    1.204] Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100');
    expect(text).toContain('    log   reports/latest/logs/6.7/console.log');
  });

  it('what broke, and apart from it what had failed before', () => {
    const lines = summary(brokenAfterFailure());
    expect(lines).toContain('  BROKEN 6.7  KERNEL_PANIC');
    expect(lines).toContain('  FAIL 6.7  aegis/socket_connect  VERIFIER_REJECTED (load, EINVAL)');
    expect(lines.join('\n')).not.toContain('aegis (whole object)');
  });

  it('a machine that broke half way once, with what it had answered before', () => {
    const lines = summary(brokenHalfWay());
    expect(lines).toContain('  BROKEN 6.7  REQUEST_TIMEOUT');
    expect(lines).toContain('    | <empty console>');
    expect(lines).not.toContain('Failures');
    expect(lines).toContain('  socket_accept      ok   ok    ok    ok');
    expect(lines).toContain('  socket_sendmsg     ok   ok    ok    ?');
  });

  it('that an optional program is missing, without a failure', () => {
    const text = summary(optionalFailing()).join('\n');
    expect(text).not.toContain('Failures');
    expect(text).toContain('Optional programs not to be had\n  opt 5.10  aegis/ima  HELPER_UNSUPPORTED');
    expect(text).toContain('19 ok, 1 optional missing');
  });

  it('a table for each object', () => {
    const lines = summary(twoObjects());
    expect(lines).toContain('aegis');
    expect(lines).toContain('probe');
    expect(lines).toContain('  filter        load  load  load');
    expect(lines).toContain('    log   none: nothing was written');
  });

  it('warnings about kernels and findings about the run', () => {
    expect(summary(drifted())).toContain('  6.1: bpf is missing from the LSM list');
    expect(summary(drifted()).join('\n')).toContain('DRIFTED');
    expect(summary(pending()).join('\n')).toContain('PENDING');
    expect(summary(withFindings())).toContain('  BROKEN REPORTER: reporter junit: out of luck\\x00');
  });

  it('names as they are, however strange', () => {
    const program = { ...loadedProgram('lsm/x'), name: `n${'a'.repeat(100)}\u001b[2J\u0007` };
    const report = { ...allPass(), kernels: [ranKernel('6.1', releases['6.1'], [objectOf('aegis', [program])])] };
    for (const line of summary(report)) expect(line).toMatch(/^[\u0020-\u007e]*$/);
  });
});

it('paths that differ in one folder become one for the shell', () => {
  expect(bracedPath(['a/6.1/x', 'a/6.2/x'])).toBe('a/{6.1,6.2}/x');
  expect(bracedPath(['a/6.1/x'])).toBe('a/6.1/x');
  expect(bracedPath(['a/6.1/x', 'b/6.2/x'])).toBe('a/6.1/x b/6.2/x');
  expect(bracedPath(['a/6.1/x', 'a/x'])).toBe('a/6.1/x a/x');
});
