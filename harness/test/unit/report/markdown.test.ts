// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderMarkdown } from '../../../report/reporters/markdown.js';
import { markdownBlock, markdownCode, markdownProse, escapeMarkdown } from '../../../report/views/markdown.js';
import type { RunReport } from '../../../model/report.js';
import { everyReportBothWays, stored } from '../../fixtures/both-ways.js';
import { finished, writeReport } from '../../fixtures/reporting.js';
import { loadedProgram, objectOf, ranKernel, rejectedProgram, returnRange } from '../../fixtures/report-parts.js';
import {
  allPass,
  broken,
  drifted,
  pending,
  optionalFailing,
  rejectedOn612,
  releases,
  thirteenKernels,
  twoObjects,
  unavailable,
  withFindings,
} from '../../fixtures/reports.js';

/** Cells of each row of each table; a table whose rows differ in length is broken. */
function tables(markdown: string): readonly (readonly string[])[] {
  return markdown
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .map((line) => line.slice(1, -1).split('|'));
}

describe('summary.md of every report', async () => {
  const all = await everyReportBothWays();

  it.each(all)('%s: has tables whose rows are of one length', (_name, report) => {
    const kernels = report.kernels.length;
    // Programs and checks by kernel, which kernels take them, identities.
    for (const row of tables(renderMarkdown(report))) expect([kernels + 1, 3, 10]).toContain(row.length);
  });

  it.each(all)('%s: closes what it opens, and has no control bytes', (_name, report) => {
    const text = renderMarkdown(report);
    expect(text.match(/<details(?: open)?>/g)?.length).toBe(text.match(/<\/details>/g)?.length);
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  });

  it('is the same for a stored run', async () => {
    expect(renderMarkdown(await stored(thirteenKernels()))).toBe(renderMarkdown(thirteenKernels()));
  });
});

describe('a reader of summary.md sees', () => {
  it('the verdict first', () => {
    const [first] = renderMarkdown(rejectedOn612()).split('\n');
    expect(first).toBe('## ❌ bpf-matrix: FAIL');
    expect(renderMarkdown(allPass())).toMatch(
      /^## ✅ bpf-matrix: PASS\n\n3 kernels: 3 pass;.*Exit 0: every required kernel/,
    );
    expect(renderMarkdown(unavailable())).toMatch(/^## ⚠️ bpf-matrix: INCOMPLETE\n/);
  });

  it('programs and kernels with releases', () => {
    const text = renderMarkdown(rejectedOn612());
    expect(text).toContain('| 6.12<br><sub>6.12.57+deb13-cloud-amd64</sub> |');
    expect(text).toContain('| `socket_connect` | ✅ | ❌<br><sub>VERIFIER_REJECTED</sub> | ✅ |');
  });

  it('a failure with its line and source', () => {
    const text = renderMarkdown(rejectedOn612());
    expect(text).toContain(
      '<summary>❌ <b>6.12</b> <code>aegis/socket_connect</code> VERIFIER_REJECTED (load, EINVAL)',
    );
    expect(text).toContain('`At program exit the register R0 has unknown scalar value should have been in [-4095, 0]`');
    expect(text).toContain('- at `bpf/aegis/net.bpf.h:88` `return denied ? -EPERM : 0;`');
    expect(text).toContain('- log `logs/6.12/verifier/socket_connect.log`');
  });

  it('kernels that are missing or broke, drift, findings, optional programs and objects', () => {
    expect(renderMarkdown(unavailable())).toContain('- tried host apt sources');
    expect(renderMarkdown(broken())).toContain('💥 <b>6.7</b> KERNEL_PANIC');
    expect(renderMarkdown(drifted())).toContain('**DRIFTED** from 6.1.148-1');
    expect(renderMarkdown(pending())).toContain('**PENDING**');
    expect(renderMarkdown(drifted())).toContain('bpf is missing from the LSM list');
    expect(renderMarkdown(withFindings())).toContain('**REPORTER**: reporter junit: out of luck');
    expect(renderMarkdown(optionalFailing())).toContain('### Optional programs not to be had');
    expect(renderMarkdown(twoObjects())).toContain('**probe**');
  });

  it('what exactly was tested', () => {
    const text = renderMarkdown(allPass());
    for (const part of [
      'clang 19.1.7',
      'QEMU 7.2.22',
      'accel auto (tcg)',
      '6.12.57-1 | pinned',
      '1.1.2',
      'lsm=landlock',
    ])
      expect(text).toContain(part);
  });
});

describe('the order of summary.md', () => {
  it('is what failed, then the tables, those that are green folded', () => {
    const red = renderMarkdown(rejectedOn612());
    expect(red.indexOf('### Failures')).toBeLessThan(red.indexOf('| aegis |'));
    expect(red).toContain('<details open>\n<summary>❌ <b>6.12</b>');
    expect(red.slice(0, red.indexOf('| aegis |'))).not.toContain('<summary>✅');
    const green = renderMarkdown(allPass());
    expect(green).toMatch(/<summary>✅ aegis: \d+ programs on 3 kernels<\/summary>\n\n\| aegis \|/);
  });

  it('has what changed against the baseline before all else that failed, once for all kernels', () => {
    const change = { kind: 'PROGRAM_LOST', item: 'aegis/file_open', before: 'loaded', now: 'LOAD_FAILED' } as const;
    const other = { kind: 'CHANGED', item: 'object aegis', before: 'sha256 aa', now: 'sha256 bb' } as const;
    const diffs = ['6.1', '6.12'].map((kernel) => ({
      kernel,
      skipped: null,
      changes: [change, other],
      updated: false,
    }));
    const verdict = { kind: 'fail', stage: 'run', code: 'PROGRAM_LOST' } as const;
    const report = { ...rejectedOn612(), findings: [{ verdict, message: '6.1: PROGRAM_LOST: a message' }] };
    const baseline = { folder: 'b', scope: 'whole', manifests: null, diffs, leftAlone: null } as const;
    const text = renderMarkdown(report, baseline);
    expect(text).toContain('- ❌ **6.1**, **6.12** PROGRAM_LOST: aegis/file_open: loaded → LOAD_FAILED');
    expect(text).not.toContain('a message');
    const places = ['### Worse than the baseline', '### Failures', '### Other than in the baseline', '| aegis |'];
    expect(places.map((place) => text.indexOf(place))).toEqual(
      places.map((place) => text.indexOf(place)).toSorted((a, b) => a - b),
    );
    // Without a comparison the run's own words are all there is.
    expect(renderMarkdown(report)).toContain('a message');
  });
});

describe('our own advice in Markdown', () => {
  it('has its code as code, and nothing else as markup', () => {
    expect(markdownProse('put `barrier_var(x)` before <it>')).toBe('put `barrier_var(x)` before &#60;it&#62;');
    expect(markdownProse('`a || b` or `c`')).toBe('<code>a &#124;&#124; b</code> or `c`');
    expect(markdownProse('one ` alone')).toBe('one &#96; alone');
  });
});

describe('text of others in Markdown', () => {
  const nasty = '`a` | **b** _c_ <img src=x> @me #1 [l](u) ~~s~~ https://x :tada: $m$ &amp; \\';

  it('shows as it is', () => {
    const escaped = escapeMarkdown(nasty);
    expect(escaped).not.toMatch(/[`|*<>@[~$\\]|:\/\/|:tada:|&amp;| #1/);
    const decoded = escaped.replace(/&#(\d+);/g, (_, number: string) => String.fromCharCode(Number(number)));
    expect(decoded).toBe(nasty);
    expect(escapeMarkdown('socket_connect at net.bpf.h:88')).toBe('socket_connect at net.bpf.h:88');
  });

  it('stays inside its code span, cell and block', () => {
    expect(markdownCode('plain')).toBe('`plain`');
    expect(markdownCode('a|b')).toBe('<code>a&#124;b</code>');
    expect(markdownCode('a`b')).toBe('<code>a&#96;b</code>');
    expect(markdownBlock(['````', 'x'])).toEqual(['`````text', '````', 'x', '`````']);
  });

  it('breaks no table as the name of a program', () => {
    const program = { ...loadedProgram('lsm/x'), name: nasty };
    const report = { ...allPass(), kernels: [ranKernel('6.1', 'a|b\nc', [objectOf('aegis', [program])])] };
    for (const row of tables(renderMarkdown(report))) expect([2, 10]).toContain(row.length);
  });
});

describe('the size', () => {
  function hugeReport(programs: number): RunReport {
    const all = Array.from({ length: programs }, (_, n) => {
      const why = { ...returnRange(`logs/6.1/verifier/p${n}.log`), decidingLine: `${n} ${'x'.repeat(1000)}` };
      return { ...rejectedProgram('lsm/p', why), name: `p${n}` };
    });
    return { ...allPass(), exitCode: 1, kernels: [ranKernel('6.1', releases['6.1'], [objectOf('aegis', all)])] };
  }

  it('stays under the limit of a step summary, and says what was left out', () => {
    const text = renderMarkdown(hugeReport(3000));
    expect(Buffer.byteLength(text)).toBeLessThan(1024 * 1024);
    expect(text).toMatch(/_\d+ more left out here/);
    expect(text.indexOf('| `p0` |')).toBeGreaterThan(text.indexOf('### Failures'));
    expect(text).toContain('2501 more rows are in run.json.');
    expect(text).toMatch(/^## ❌/);
  });

  it('leaves nothing out when there is room', () => {
    expect(renderMarkdown(hugeReport(50))).not.toContain('left out');
  });

  it('counts programs that are fine everywhere when there are very many', () => {
    const programs = Array.from({ length: 500 }, (_, n) => ({ ...loadedProgram('lsm/p'), name: `p${n}` }));
    const report = { ...allPass(), kernels: [ranKernel('6.1', releases['6.1'], [objectOf('aegis', programs)])] };
    expect(renderMarkdown(report)).toContain('500 more programs are ✅ on every kernel.');
  });
});

it('the reporter writes the file into the report folder', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'markdown-'));
  await writeReport('markdown', 'run', finished(allPass()), dir);
  expect(await readFile(join(dir, 'summary.md'), 'utf8')).toBe(renderMarkdown(allPass()));
  await rm(dir, { recursive: true });
});
