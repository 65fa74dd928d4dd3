// SPDX-License-Identifier: Apache-2.0
import { access, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chosenReporters, reportWithoutRun, withAnnotations } from '../../../cli/reporters.js';
import type { CliContext } from '../../../cli/context.js';
import type { SelftestRow } from '../../../report/pages/selftest.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'reporters-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

function console(): { cli: CliContext; out: () => string; err: () => string } {
  let [out, err] = ['', ''];
  const cli = {
    env: {},
    stdout: { write: (text: string) => (out += text) },
    stderr: { write: (text: string) => (err += text) },
  } as unknown as CliContext;
  return { cli, out: () => out, err: () => err };
}

const rows: readonly SelftestRow[] = [
  {
    ...{ kernel: '6.12', fault: 'crash', what: 'it dies', expected: ['AGENT_DIED'], raised: ['AGENT_DIED'] },
    ...{ missed: [], surplus: [], causes: [], split: null, findings: ['it died'], ms: 1200 },
  },
];

it('a file inside the report folder, a folder, and a place that cannot be written end it before anything boots', async () => {
  const out = join(folder, 'report');
  await expect(chosenReporters('run', { reporter: [`junit=${out}/x.xml`], out })).rejects.toThrow(
    /replaced as a whole/,
  );
  await mkdir(join(folder, 'taken'));
  await expect(chosenReporters('run', { reporter: [`junit=${folder}/taken`], out })).rejects.toThrow(/is a folder/);
  await expect(chosenReporters('run', { reporter: ['junit=/proc/x/y.xml'], out })).rejects.toThrow(/cannot be written/);
  await expect(chosenReporters('run', { reporter: [`junit=${folder}/reports.xml`], out })).resolves.toHaveLength(7);
});

it('with --debug plain lines, unless something else is asked for', async () => {
  const last = async (flags: Parameters<typeof chosenReporters>[1]) =>
    (await chosenReporters('run', flags)).at(-1)?.name;
  expect(await last({ debug: true })).toBe('plain');
  expect(await last({ debug: true, reporter: ['terminal'] })).toBe('terminal');
  expect(await last({})).toBe('terminal');
});

it('a self-test is a table, or JSON, or both', async () => {
  const table = console();
  expect(await reportWithoutRun('selftest', rows, await chosenReporters('selftest', {}), table.cli)).toBe(0);
  expect(table.out()).toContain('PASS: 1/1 planted faults came out as they should');
  const json = console();
  await reportWithoutRun('selftest', rows, await chosenReporters('selftest', { json: true }), json.cli);
  expect(JSON.parse(json.out())).toEqual(rows);
  const both = console();
  const file = join(folder, 'selftest.json');
  await reportWithoutRun('selftest', rows, await chosenReporters('selftest', { reporter: [`json=${file}`] }), both.cli);
  expect(both.out()).toBe(table.out());
  expect(await readFile(file, 'utf8')).toBe(json.out());
});

it('a reporter that throws is said, and ends it with 3', async () => {
  const file = join(folder, 'selftest.json');
  const selected = await chosenReporters('selftest', { reporter: [`json=${file}`] });
  await mkdir(file);
  const { cli, out, err } = console();
  expect(await reportWithoutRun('selftest', rows, selected, cli)).toBe(3);
  expect(err()).toMatch(/^error: reporter json: while writing the report: EISDIR/);
  expect(out()).toContain('PASS: 1/1');
  await expect(access(join(file, 'x'))).rejects.toThrow();
});

it('annotates on a runner of GitHub, once, and nowhere else', () => {
  const terminal = { name: 'terminal', target: { kind: 'stdout' } } as const;
  const annotations = { name: 'annotations', target: { kind: 'runner' } } as const;
  const env = { GITHUB_ACTIONS: 'true' };
  expect(withAnnotations([terminal], 'run', env)).toEqual([terminal, annotations]);
  expect(withAnnotations([annotations], 'run', env)).toEqual([annotations]);
  expect(withAnnotations([terminal], 'comparison', env)).toEqual([terminal]);
  for (const other of [{}, { GITHUB_ACTIONS: '' }, { GITHUB_ACTIONS: 'false' }]) {
    expect(withAnnotations([terminal], 'run', other)).toEqual([terminal]);
  }
});
