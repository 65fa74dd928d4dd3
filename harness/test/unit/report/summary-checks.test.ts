// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { runPage } from '../../../report/pages/run.js';
import { checkGridOf, claimText } from '../../../report/views/check-grid.js';
import { withoutAnsi } from '../../../report/views/text.js';
import type { CheckOutcome } from '../../../model/check.js';
import type { RunReport } from '../../../model/report.js';
import { pageOf } from '../../fixtures/reporting.js';
import { agent, changed, leak } from '../../fixtures/report-checks.js';
import { brokenMachines, leaking, proved, toothless } from '../../fixtures/report-proofs.js';
import { allPass, broken67 } from '../../fixtures/reports.js';

function summary(report: RunReport, columns = 80, env = {}): readonly string[] {
  return runPage(report, pageOf(columns, env));
}

/** The lines of the section, up to the empty line that ends it. */
function section(lines: readonly string[], title: string): readonly string[] {
  const start = lines.indexOf(title);
  expect(start, title).toBeGreaterThanOrEqual(0);
  const end = lines.indexOf('', start);
  return lines.slice(start + 1, end);
}

describe('the table classes x kernels', () => {
  it('fits five kernels into 80 columns, in one part, with every posture', () => {
    const lines = section(summary(leaking()), 'aegis-agent');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    expect(lines).toEqual([
      expect.stringMatching(/^ {2}build\/agent\/aegis-agent {2}sha256 [0-9a-f]{12}$/),
      '                          5.10      6.1       6.12      6.17      newest',
      '  claims (lsm)            ENFORCE   ENFORCE   ENFORCE   ENFORCE   ENFORCE',
      '  claims (lsm-override)   ENFORCE_  ENFORCE_  ENFORCE_  ENFORCE_  ENFORCE_',
      '                          SIGNAL    SIGNAL    SIGNAL    SIGNAL    SIGNAL',
      '  claims (no-lsm)         ENFORCE_  ENFORCE_  ENFORCE_  ENFORCE_  ENFORCE_',
      '                          SIGNAL    SIGNAL    SIGNAL    SIGNAL    SIGNAL',
      '  file                    48/48     48/48     45/48     45/48     48/48',
      '  file (lsm-override)     48/48     48/48     48/48     48/48     48/48',
      '  file (no-lsm)           48/48     48/48     48/48     48/48     48/48',
      '  exec                    30/30     30/30     30/30     30/30     30/30',
      '  exec (lsm-override)     29/29 ^1  29/29 ^1  29/29 ^1  29/29 ^1  29/29 ^1',
      '  exec (no-lsm)           30/30     30/30     30/30     30/30     30/30',
      '  ptrace                  24/24     24/24     24/24     24/24     24/24',
      '  module                  12/12     12/12     12/12     12/12     12/12',
      '  bpf                     18/18     18/18     18/18     18/18     18/18',
      '  network                 54/54     54/54     54/54     54/54     54/54',
      '  network (lsm-override)  54/54     54/54     54/54     54/54     53/54',
      '  network (no-lsm)        48/48 +6  48/48 +6  48/48 +6  48/48 +6  48/48 +6',
      '  bypass                  42/42 +6  48/48     48/48     48/48     48/48',
      '  posture                 12/12     12/12     12/12     12/12     12/12',
      '  posture (lsm-override)  12/12     12/12     12/12     12/12     12/12',
      '  posture (no-lsm)        12/12     12/12     12/12     12/12     12/12',
      '  records                 1/1       1/1       1/1       1/1       1/1',
      '  restart                 6/6       6/6       6/6       6/6       6/6',
      '  signal (lsm-override)   5/5       5/5       5/5       5/5       5/5',
      '  signal (no-lsm)         5/5       5/5       5/5       5/5       5/5',
      '  all checks              538/538   544/544   541/544   541/544   543/544',
      '  claims the state that the agent says it is in',
      '  +n     not offered by the agent or the kernel; never counted as passed',
      '  ^n     said to be out of reach, and met: improvements to write down',
    ]);
  });

  it('takes what an agent says for no verdict', () => {
    const tones = ['ENFORCE', 'SKIPPED', 'AUDIT'].map((posture) => claimText({ kind: 'claimed', posture }).tone);
    expect(tones).toEqual(['dull', 'dull', 'dull']);
  });

  it('keeps a posture on one line where there is room', () => {
    expect(summary(proved(), 120)).toContainEqual(
      expect.stringMatching(/^ {2}claims \(lsm-override\) +(ENFORCE_SIGNAL\s*){5}$/),
    );
  });

  it('says what is unknown after a machine broke, also beside what had passed', () => {
    const lines = section(summary(brokenMachines()), 'aegis-agent');
    expect(lines).toContain('  claims (no-lsm)         ?               ENFORCE_SIGNAL  -     ?');
    expect(lines).toContain('  file (lsm-override)     48/48           48/48           -     ?');
    expect(lines).toContain('  exec (no-lsm)           ?               2/2?            -     ?');
    expect(lines).toContain('  ?      the machine broke; there may have been more to ask');
  });

  it('colours a cell by its worst check', () => {
    const coloured = summary(leaking(), 80, { FORCE_COLOR: '1' });
    const row = coloured.find((line) => withoutAnsi(line).startsWith('  file  '))!;
    expect(row).toContain('\u001b[32m48/48');
    expect(row).toContain('\u001b[31m\u001b[1m45/48');
    expect(coloured.find((line) => withoutAnsi(line).startsWith('  network (lsm-override)'))).toContain(
      '\u001b[33m53/54',
    );
    expect(coloured.map(withoutAnsi).map((line) => line.trimEnd())).toEqual(summary(leaking()));
  });

  it('shows an agent that claims nothing, or nonsense, as it is', () => {
    const [kernel] = proved().kernels;
    if (kernel?.status !== 'ran') throw new Error('fixture');
    const postures = [null, 'EN\u001b[31mFORCE\u0000', 'X'.repeat(100)];
    const scenarios = kernel.scenarios.map((one, at) => ({ ...one, posture: postures[at] ?? null }));
    const lines = summary({ ...proved(), kernels: [{ ...kernel, scenarios }] });
    expect(lines).toContain('  claims (lsm)            -');
    expect(lines).toContain('  claims (lsm-override)   ENFORCE\\x00');
    expect(lines).toContain('  claims (no-lsm)         XXXXXXXXXXXXX...');
  });

  it('is not there when nothing was proved', () => {
    expect(checkGridOf(allPass())).toBeNull();
    expect(summary(allPass()).join('\n')).not.toMatch(/claims|checks/);
  });

  it('never counts what is not offered as passed', () => {
    const [kernel] = proved().kernels;
    if (kernel?.status !== 'ran') throw new Error('fixture');
    const nothing = changed(kernel, () => ({ kind: 'not-offered', by: 'agent', detail: 'nothing' }));
    const lines = summary({ ...proved(), kernels: [nothing] });
    expect(lines).toContain('  file                    +48');
    expect(lines).toContainEqual(expect.stringMatching(/^0 checks: 0 pass; \d+ not offered$/));
  });
});

describe('failed checks', () => {
  it('of one scenario stand together, once for all kernels that show the same', () => {
    expect(section(summary(leaking()), 'Failed checks')).toEqual([
      '  file',
      '    FAIL 6.12, 6.17  open for reading',
      '      denied: ENFORCEMENT_LEAK: expected EPERM, succeeded',
      '        attempt: open /t/file/open-for-reading r',
      '        evidence of 6.12:',
      '        | {"type":"block","pid":412,"path":"/t/file/\\x00secret","action":"AUDIT"}',
      '        | ]]> & <b>"quoted"</b>  | `pipe` \\ud800 \\u202e',
      '        | pid 412 on 6.12',
      '      event: EVENT_MISSING: expected one block event, none came',
      '        attempt: open /t/file/open-for-reading r',
      '      audit event: EVENT_MISSING: expected one block event, none came',
      '        attempt: open /t/file/open-for-reading r',
    ]);
  });

  it('are apart where kernels show something else', () => {
    const kernels = proved()
      .kernels.slice(0, 2)
      .map((kernel, at) => {
        if (kernel.status !== 'ran') throw new Error('fixture');
        return changed(kernel, ({ scenario, check, environment, outcome }) =>
          scenario === 'unlink' && check === 'denied' && environment === 'lsm-override'
            ? leak(at === 0 ? 'EACCES' : 'ENOENT')
            : outcome,
        );
      });
    const lines = section(summary({ ...proved(), kernels, exitCode: 1 }), 'Failed checks');
    expect(lines.filter((line) => line.includes('FAIL'))).toEqual([
      '    FAIL 5.10 (lsm-override)  unlink',
      '    FAIL 6.1 (lsm-override)  unlink',
    ]);
    expect(lines.join('\n')).not.toContain('evidence of');
  });

  it('of a flood are twelve a code and class, and every other one is counted', () => {
    const lines = summary(toothless());
    const text = lines.join('\n');
    const shown = lines.filter((line) => line.startsWith('      denied: '));
    const left = [...text.matchAll(/and (\d+) more ENFORCEMENT_LEAK in junit\.xml/g)].map(([, count]) => Number(count));
    const failed = toothless().kernels.flatMap((kernel) =>
      kernel.status === 'unavailable' ? [] : kernel.scenarios.flatMap(({ checks }) => checks),
    );
    const total = failed.filter(({ outcome }) => outcome.kind === 'fail').length;
    expect(left).toEqual([36, 9, 45]);
    // Each shown line stands for three kernels.
    expect(shown.length * 3 + left.reduce((sum, count) => sum + count, 0)).toBe(total);
    expect(text).toContain(`${total} failed`);
    expect(section(lines, 'Failed checks').filter((line) => line.includes('FAIL'))).toHaveLength(12);
  });

  it('with long evidence say how much is left', () => {
    const [kernel] = proved().kernels;
    if (kernel?.status !== 'ran') throw new Error('fixture');
    const evidence = Array.from({ length: 40 }, (_, n) => `line ${n}`);
    const one = changed(kernel, ({ scenario, check, outcome }) =>
      scenario === 'seize' && check === 'denied' ? leak('succeeded', evidence) : outcome,
    );
    const lines = summary({ ...proved(), kernels: [one], exitCode: 1 });
    expect(lines).toContain('        | line 5');
    expect(lines).not.toContain('        | line 6');
    expect(lines).toContain('        | and 34 more lines in junit.xml');
  });
});

describe('beside the failures', () => {
  it('are improvements, what is not offered and why, and the totals', () => {
    const lines = summary(leaking());
    expect(section(lines, 'Improvements to write down')).toEqual([
      '  5.10, 6.1, 6.12, 6.17, newest  exec (lsm-override)  memfd, denied',
      '    SIGTERM; a tracepoint does not see what a descriptor leads to',
    ]);
    expect(section(lines, 'Not offered')).toEqual([
      '  by the kernel 6 (CONFIG_IO_URING is off 6); by the agent 30 (deny_port 30); which, in summary.md',
    ]);
    expect(lines).toContain('2 714 checks: 2 707 pass, 6 failed, 1 unproved; 36 not offered, 5 gained');
  });

  it('is what another rule denied', () => {
    const [kernel] = proved().kernels;
    if (kernel?.status !== 'ran') throw new Error('fixture');
    const other: CheckOutcome = { kind: 'pass', detail: 'EACCES by another rule: block BLOCK' };
    const one = changed(kernel, ({ scenario, check, outcome }) =>
      scenario === 'seize' && check === 'denied' ? other : outcome,
    );
    const lines = section(summary({ ...proved(), kernels: [one] }), 'Denied by another rule');
    expect(lines[0]).toContain('seize, denied');
    expect(lines[1]).toBe('    EACCES by another rule: block BLOCK');
  });

  it('a machine that broke is told once, where it broke', () => {
    const lines = summary(brokenMachines());
    expect(section(lines, 'Broken machines of scenarios')).toEqual([
      '  BROKEN 6.1 (no-lsm)  QEMU_START',
      '    QEMU ended before the kernel said a word',
      '    | <empty console>',
      '    next  run qemu-system-x86_64 by hand',
      '    log   none: QEMU never started',
    ]);
    expect(lines).toContain('    log   reports/latest/logs/6.12/no-lsm/console.log');
    expect(section(lines, 'Broken kernels').filter((line) => line.startsWith('  BROKEN'))).toEqual([
      '  BROKEN 6.7  KERNEL_PANIC',
    ]);
  });

  it('a kernel that is broken because such a machine is, is told once too', () => {
    const [, kernel] = brokenMachines().kernels;
    if (kernel?.status !== 'ran') throw new Error('fixture');
    const { fault } = kernel.scenarios[2]!;
    const { scenarios, objects } = kernel;
    const same = { ...broken67, scenarios, objects, cause: fault!.cause, detail: fault!.message };
    const other = { ...same, detail: 'another fault' };
    const told = (one: typeof same): string => summary({ ...brokenMachines(), kernels: [one] }).join('\n');
    expect(told(same)).not.toContain('Broken kernels');
    expect(told(other)).toContain('Broken kernels');
  });

  it.each([
    ['FLAKY', true],
    ['ENFORCEMENT_LEAK', false],
  ] as const)('a kernel whose verdict is %s speaks for itself: %s', (code, expected) => {
    const [, , kernel] = leaking().kernels;
    if (kernel?.status !== 'ran') throw new Error('fixture');
    const verdict = { kind: 'fail', stage: 'enforce', code } as const;
    const lines = summary({ ...leaking(), agent, kernels: [{ ...kernel, verdict }] });
    expect(lines.includes('Broken kernels')).toBe(expected);
    expect(lines).toContain('Failed checks');
  });
});
