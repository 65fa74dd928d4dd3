// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../report/reporters/markdown.js';
import { changed, leak } from '../../fixtures/report-checks.js';
import { brokenMachines, leaking, proved, toothless } from '../../fixtures/report-proofs.js';

describe('summary.md of a run that proved an agent', () => {
  it('has classes x kernels below what the agent claimed', () => {
    const lines = renderMarkdown(leaking()).split('\n');
    const at = lines.indexOf('| aegis-agent | 5.10 | 6.1 | 6.12 | 6.17 | newest |');
    expect(lines.slice(at + 1, at + 6)).toEqual([
      '| --- | :-: | :-: | :-: | :-: | :-: |',
      '| claims (lsm) | ENFORCE | ENFORCE | ENFORCE | ENFORCE | ENFORCE |',
      `| claims (lsm-override) |${' ENFORCE_SIGNAL |'.repeat(5)}`,
      `| claims (no-lsm) |${' ENFORCE_SIGNAL |'.repeat(5)}`,
      '| file | ✅ 48/48 | ✅ 48/48 | ❌ 45/48 | ❌ 45/48 | ✅ 48/48 |',
    ]);
    expect(lines).toContain('| network (lsm-override) | ✅ 54/54 | ✅ 54/54 | ✅ 54/54 | ✅ 54/54 | ⚠️ 53/54 |');
    expect(lines).toContain(`| exec (lsm-override) |${' ✅ 29/29 ^1 |'.repeat(5)}`);
  });

  it('tells a failed scenario with all its checks, collapsed', () => {
    const text = renderMarkdown(leaking());
    expect(text).toContain(
      [
        '### Failed checks',
        '',
        '<details>',
        '<summary>❌ <b>6.12</b>, <b>6.17</b> file (lsm): open for reading: ENFORCEMENT_LEAK, EVENT_MISSING</summary>',
        '',
        '**denied**: ENFORCEMENT_LEAK: expected EPERM, succeeded',
        '',
        'Attempt: `open /t/file/open-for-reading r`',
        '',
        'Evidence of 6.12:',
        '',
        '```text',
      ].join('\n'),
    );
    expect(text).toContain(']]> & <b>"quoted"</b>  | `pipe` \\ud800 \\u202e');
    expect(text).toContain('2 714 checks: 2 707 pass, 6 failed, 1 unproved; 36 not offered, 5 gained. Exit 1');
  });

  it('has improvements, what is not offered, and machines that broke', () => {
    const text = renderMarkdown(leaking());
    expect(text).toContain(
      '- **5.10, 6.1, 6.12, 6.17, newest** exec (lsm-override): memfd, denied: SIGTERM; a tracepoint',
    );
    expect(text).toContain('<summary>by the agent 30 (deny_port 30)</summary>\n\n**deny_port**: 30 checks\n\n');
    expect(text).toContain('- network (no-lsm): port (5.10, 6.1, 6.12, 6.17, newest)');
    const broken = renderMarkdown(brokenMachines());
    expect(broken).toContain('<summary>💥 <b>6.12</b> (no-lsm) KERNEL_PANIC: the kernel panicked during connect');
    expect(broken).toContain('Console: `logs/6.12/no-lsm/console.log`');
  });

  it('counts what is left of a flood', () => {
    expect(renderMarkdown(toothless())).toContain('_and 36 more ENFORCEMENT_LEAK in junit.xml_');
  });

  it('stays within its limit with evidence without end, and says so', () => {
    const evidence = Array.from({ length: 2000 }, (_, n) => `${n} ${'x'.repeat(200)}`);
    const kernels = proved().kernels.map((kernel) => {
      if (kernel.status !== 'ran') throw new Error('fixture');
      return changed(kernel, ({ check, outcome }) => (check === 'denied' ? leak('succeeded', evidence) : outcome));
    });
    const text = renderMarkdown({ ...proved(), kernels, exitCode: 1 });
    expect(Buffer.byteLength(text)).toBeLessThan(900 * 1024);
    expect(text).toMatch(/### Failed checks[^]*_\d+ more left out here/);
    expect(text).toContain('| claims (lsm) |');
    expect(text).toContain('<summary>Identities</summary>');
  });
});
