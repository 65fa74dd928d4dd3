// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ExitCode } from '../../../model/exit-code.js';
import type { ManifestChange, ManifestDiff } from '../../../model/manifest.js';
import type { RunReport } from '../../../model/report.js';
import { folderDestination } from '../../../report/destination.js';
import { htmlDocument } from '../../../report/html/document.js';
import { embeddedJson } from '../../../report/html/encode.js';
import { pageDataOf } from '../../../report/html/page-data-of.js';
import type { HeatMap, PageData } from '../../../report/html/page-data.js';
import { renderHtml } from '../../../report/reporters/html.js';
import { everyReportBothWays } from '../../fixtures/both-ways.js';
import { pageChecksIn, pageDataIn, pageLogsIn } from '../../fixtures/html.js';
import { kernelWith } from '../../fixtures/planted-kernel.js';
import { run } from '../../fixtures/report-base.js';
import { agent } from '../../fixtures/report-checks.js';
import { brokenMachines, leaking, proved } from '../../fixtures/report-proofs.js';
import { allPass, broken, rejectedOn612, unavailable } from '../../fixtures/reports.js';

const assets = { script: 'run()', style: 'p {}' };

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'html-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function render(report: RunReport, logs: Readonly<Record<string, string>> = {}): Promise<string> {
  for (const [path, text] of Object.entries(logs)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  return renderHtml(report, null, folderDestination(folder, { env: {}, cwd: folder, folder }), assets);
}

const dataOf = (report: RunReport, diffs: readonly ManifestDiff[] | null = null): PageData =>
  pageDataOf({ report, diffs, target: (page) => `../${page}` }, diffs === null ? null : 'baseline b');
const summary = ({ entries }: PageData): readonly string[] =>
  entries.map(({ group, code, kernels, title }) => `${group} | ${kernels.join(',')} | ${code} | ${title}`);
const cellsOf = (map: HeatMap | undefined, row: string): readonly string[] =>
  map?.rows.find(({ name }) => name === row)?.cells.map(({ text, change }) => `${text} ${change}`) ?? [];

it('knows every report, stored or not, and finds nothing to fail in one that passed', async () => {
  const quiet = ['Changes', 'Optional programs not to be had', 'Failed as expected', 'Notes'];
  for (const [name, report] of await everyReportBothWays()) {
    const data = pageDataIn(await render(report));
    const loud = data.entries.filter(({ group }) => !quiet.includes(group));
    expect(loud.length > 0, name).toBe(report.exitCode !== ExitCode.ok);
    expect(new Set(data.entries.map(({ id }) => id)).size, name).toBe(data.entries.length);
  }
});

describe('entries', () => {
  it('are failures with all that a person needs, once for all kernels', () => {
    const [entry] = dataOf(rejectedOn612()).entries;
    expect(entry).toMatchObject({
      group: 'Failures',
      code: 'VERIFIER_REJECTED',
      kernels: ['6.12'],
      title: 'aegis/socket_connect: load, EINVAL',
    });
    expect(entry?.blocks.map(({ kind }) => kind)).toEqual(['facts', 'source', 'path', 'command', 'log']);
  });

  it('have the same name in every run that finds the same', () => {
    const later = { ...rejectedOn612(), started: '2030-01-01T00:00:00.000Z', ms: 1 };
    expect(dataOf(later).entries.map(({ id }) => id)).toEqual(dataOf(rejectedOn612()).entries.map(({ id }) => id));
  });

  it('are findings, failed checks, machines that broke, and kernels that are missing', () => {
    const kernels = [kernelWith('hook_returns_zero', '6.1'), kernelWith('hook_returns_zero', '6.12')];
    expect(summary(dataOf(run(kernels, ExitCode.incompatible, { agent })))).toEqual([
      'Findings | 6.1,6.12 | ENFORCEMENT_LEAK | what must be denied gets through at the hook file_open (program deny_open)',
    ]);
    expect(summary(dataOf(leaking())).join('\n')).toContain('Failed checks | 6.12,6.17 | ENFORCEMENT_LEAK');
    expect(summary(dataOf(brokenMachines())).join('\n')).toContain('Broken machines | ');
    expect(summary(dataOf(broken())).join('\n')).toContain('Broken machines | 6.7 | KERNEL_PANIC');
    expect(summary(dataOf(unavailable())).join('\n')).toContain(
      'Kernels that were not run | 5.15 | ARCHIVE_UNREACHABLE',
    );
  });
});

describe('against a baseline', () => {
  const change = (kind: ManifestChange['kind'], item: string): ManifestChange => ({
    kind,
    item,
    before: 'one',
    now: 'two',
  });
  const diff = (kernel: string, ...changes: ManifestChange[]): ManifestDiff => ({
    kernel,
    skipped: null,
    changes,
    updated: false,
  });

  it('what changed comes first, once for all kernels, and its rows before all others', () => {
    const lost = change('VERIFIER_REGRESSION', 'aegis/file_open');
    const data = dataOf(allPass(), [diff('6.1', lost), diff('6.12', lost, change('GAINED', 'aegis/socket_bind'))]);
    expect(summary(data)).toEqual([
      'Against the baseline | 6.1,6.12 | VERIFIER_REGRESSION | aegis/file_open',
      'Changes | 6.12 | GAINED | aegis/socket_bind',
    ]);
    const [map] = data.maps;
    expect(map?.rows.slice(0, 2).map(({ name }) => name)).toEqual(['file_open', 'socket_bind']);
    expect(cellsOf(map, 'file_open')).toEqual(['ok worse', 'ok worse', 'ok none']);
    expect(cellsOf(map, 'socket_bind')).toEqual(['ok none', 'ok better', 'ok none']);
  });

  it('scenarios, postures and whole objects are in the rows that they are about', () => {
    const items = ['lsm: file: openat', 'no-lsm: posture', 'lsm: posture: enforce', 'aegis as a whole'];
    const changes = items.map((item) => change('SCENARIO_CHANGED', item));
    const maps = dataOf(proved(), [diff('6.12', ...changes)]).maps;
    const changed = maps.flatMap(({ rows }) =>
      rows.filter(({ cells }) => cells.some((one) => one.change === 'worse')).map(({ name }) => name),
    );
    expect(changed.toSorted()).toEqual(['claims (no-lsm)', 'file', 'posture', 'whole object']);
  });

  it('what follows from a finding is folded there', () => {
    const report = run([kernelWith('hook_returns_zero', '6.12')], ExitCode.incompatible, { agent });
    const [finding] = report.kernels.flatMap((kernel) => (kernel.status === 'ran' ? kernel.findings : []));
    const item = `lsm: file: ${finding?.first?.scenario ?? ''}`;
    const data = dataOf(report, [
      diff('6.12', change('SCENARIO_CHANGED', item), change('SCENARIO_CHANGED', 'lsm: exec: execve')),
    ]);
    expect(data.entries.map(({ title }) => title)).toEqual(['lsm: exec: execve', finding?.title]);
  });
});

describe('the heat map', () => {
  it('says of a program what became of it, and leads the whole object to what it fails by', () => {
    const { entries, maps } = dataOf(rejectedOn612());
    const [map] = maps;
    expect(cellsOf(map, 'socket_connect')).toEqual(['ok none', 'FAIL none', 'ok none']);
    for (const name of ['socket_connect', 'whole object']) {
      const cell = map?.rows.find((row) => row.name === name)?.cells[1];
      expect(cell?.entries.map((index) => entries[index]?.code)).toEqual(['VERIFIER_REJECTED']);
    }
  });

  it('leads from a cell without an answer to the machine that broke, or to why the kernel was not run', () => {
    const codes = (report: RunReport, kernel: string): readonly string[] => {
      const { entries, kernels, maps } = dataOf(report);
      const at = kernels.findIndex(({ id }) => id === kernel);
      const cells = maps.flatMap(({ rows }) => rows.flatMap((row) => row.cells[at] ?? []));
      expect(cells.length).toBeGreaterThan(5);
      return [...new Set(cells.flatMap((cell) => cell.entries.map((index) => entries[index]?.code ?? '')))];
    };
    expect(codes(broken(), '6.7')).toEqual(['KERNEL_PANIC']);
    expect(codes(unavailable(), '5.15')).toEqual(['ARCHIVE_UNREACHABLE']);
    expect(codes(unavailable(), '6.12')).toEqual([]);
  });

  it('puts what failed before what passed', () => {
    const [map] = dataOf(rejectedOn612()).maps;
    expect(map?.rows[0]?.name).toBe('socket_connect');
    expect(dataOf(leaking()).maps.map(({ id }) => id)).toEqual(['checks', 'programs/aegis']);
  });
});

describe('the file', () => {
  it('has all checks, and gives equal bytes for equal reports', async () => {
    const report = leaking();
    const html = await render(report);
    const count = report.kernels
      .flatMap((kernel) => (kernel.status === 'unavailable' ? [] : kernel.scenarios))
      .reduce((sum, { checks }) => sum + checks.length, 0);
    expect(pageChecksIn(html).rows).toHaveLength(count);
    expect(await render(report)).toBe(html);
  });

  it('has the logs that it refers to, of a long one the end', async () => {
    const path = 'logs/6.12/verifier/socket_connect.log';
    const long = `${'0123456789abcde\n'.repeat(50_000)}the end\n`;
    const logs = pageLogsIn(await render(rejectedOn612(), { [path]: long, 'logs/6.1/console.log': 'booted' }));
    expect([...logs.keys()]).toEqual([path, 'logs/6.1/console.log']);
    expect(logs.get(path)).toMatch(
      /^\.\.\. 275 7\d\d bytes before this are in logs\/6\.12\/verifier\/socket_connect\.log\n0123/,
    );
    expect(logs.get(path)).toMatch(/\nthe end\n$/);
  });

  it('leaves logs out for which there is no room, those of failures last', async () => {
    const noise = (seed: number): string => Array.from({ length: 40_000 }, (_, at) => Math.sin(at * seed)).join('');
    const [first, second, third] = [
      'logs/6.12/verifier/socket_connect.log',
      'logs/6.1/console.log',
      'logs/6.12/console.log',
    ];
    const more = { [first]: noise(1), [second]: noise(2), [third]: noise(3), 'logs/6.17/console.log': noise(4) };
    const html = await render(
      rejectedOn612(),
      Object.fromEntries(Object.entries(more).map(([path, text]) => [path, text + text])),
    );
    expect(pageLogsIn(html).has(first)).toBe(true);
    expect(html.length).toBeLessThan(2_000_000);
  });

  it.each(['../outside.log', '/etc/hostname', 'logs/link.log', 'logs'])('never has %s in it', async (path) => {
    await writeFile(join(dirname(folder), 'outside.log'), 'secret');
    await mkdir(join(folder, 'logs'), { recursive: true });
    await symlink('/etc/hostname', join(folder, 'logs/link.log'));
    const text = JSON.stringify(rejectedOn612()).replaceAll('logs/6.12/verifier/socket_connect.log', path);
    expect([...pageLogsIn(await render(JSON.parse(text) as RunReport)).keys()]).toEqual([]);
    await rm(join(dirname(folder), 'outside.log'));
  });

  it('has its program and its style by their hashes in a policy that allows nothing else', async () => {
    const html = await render(allPass());
    const [, policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html) ?? [];
    expect(policy).toBe(
      "default-src 'none'; script-src 'sha256-AvyuiL0SD1mVY3NNxR+V2uo+lhk6RMFrytWmRt6CrJQ='; style-src 'sha256-SNJDlN1Iy2mnt7DOjQIyDb2LQE6O5PQiSZomcdzawQ4='; base-uri 'none'; form-action 'none'",
    );
  });

  it('is not made where the program of the page could end its own element', () => {
    const content = { data: dataOf(allPass()), checks: { texts: [], rows: [] }, sources: [], logs: [] };
    for (const script of ['"</script>"', "'<!--'"])
      expect(() => htmlDocument(content, { ...assets, script })).toThrow(/page/);
  });

  it('embeds JSON that no text can end', () => {
    const value = ['</script><!--', '<script>', '\u2028\u2029&', '"\\'];
    expect(embeddedJson(value)).not.toMatch(/[<>&\u2028\u2029]/);
    expect(JSON.parse(embeddedJson(value))).toEqual(value);
  });
});
