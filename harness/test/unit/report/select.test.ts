// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { reporterNames } from '../../../report/names.js';
import { folderReporters, registry } from '../../../report/registry.js';
import { ReporterHub, type ReportKind } from '../../../report/reporter.js';
import { junitOf } from '../../../report/reporters/junit.js';
import { renderJunit } from '../../../report/views/junit-xml.js';
import { makeReporters, type ReporterRequest, type Selected, selectReporters } from '../../../report/select.js';
import { renderRunJson } from '../../../results/run-json.js';
import { eventsOf } from '../../fixtures/replay.js';
import { finished, surface } from '../../fixtures/reporting.js';
import { rejectedOn612 } from '../../fixtures/reports.js';

function select(kind: ReportKind, named: readonly string[], more: Partial<ReporterRequest> = {}): readonly Selected[] {
  return selectReporters(kind, { named, json: false, follower: 'terminal', ...more });
}

/** `junit folder`, `json stdout`, `plain /x`. */
function shown(selected: readonly Selected[]): readonly string[] {
  return selected.map(({ name, target }) => `${name} ${target.kind === 'path' ? target.path : target.kind}`);
}

const folderOf = (kind: ReportKind): readonly string[] => folderReporters[kind].map((name) => `${name} folder`);

describe('which reporters', () => {
  it.each(['run', 'comparison', 'bisection', 'benchmark', 'selftest', 'watch'] as const)(
    'of a %s are those of its folder and the terminal, without being asked',
    (kind) => {
      expect(shown(select(kind, []))).toEqual([...folderOf(kind), 'terminal stdout']);
      expect(shown(select(kind, [], { follower: 'plain' }))).toEqual([...folderOf(kind), 'plain stdout']);
    },
  );

  it('a file of the user is one more, and the folder stays as it is', () => {
    const own = folderOf('run');
    expect(shown(select('run', ['junit=/x.xml']))).toEqual([...own, 'junit /x.xml', 'terminal stdout']);
    expect(shown(select('run', ['junit', 'plain']))).toEqual([...own, 'plain stdout']);
    expect(shown(select('run', ['plain=/log']))).toEqual([...own, 'plain /log', 'terminal stdout']);
    expect(shown(select('run', ['veristat=/folder']))).toEqual([...own, 'veristat /folder', 'terminal stdout']);
  });

  it('on stdout send who follows to stderr', () => {
    const own = folderOf('run');
    expect(shown(select('run', [], { json: true }))).toEqual([...own, 'json stdout', 'terminal stderr']);
    expect(shown(select('run', ['json=-']))).toEqual(shown(select('run', [], { json: true })));
    expect(shown(select('run', ['plain'], { json: true }))).toEqual([...own, 'json stdout', 'plain stderr']);
    expect(shown(select('run', ['junit=-']))).toEqual([...own, 'junit stdout', 'terminal stderr']);
  });

  it('without a report folder go to stdout, alone', () => {
    expect(shown(select('benchmark', ['json']))).toEqual(['json stdout']);
    expect(shown(select('selftest', [], { json: true }))).toEqual(['json stdout']);
    expect(shown(select('watch', ['json']))).toEqual(['json stdout']);
    expect(shown(select('benchmark', ['json=/b.json']))).toEqual(['json /b.json', 'terminal stdout']);
  });
});

describe('is a usage error', () => {
  it.each<[ReportKind, readonly string[], RegExp]>([
    ['run', ['none'], new RegExp(`--reporter takes ${reporterNames.join(', ')}, not 'none'`)],
    ['run', [''], /--reporter takes terminal/],
    ['run', ['junit='], /--reporter junit= names no file/],
    ['run', ['terminal=/x'], /a file is no terminal/],
    ['run', ['manifest=-'], /several files do not go to stdout/],
    ['run', ['plain', 'terminal'], /plain and terminal both write to the terminal/],
    ['run', ['junit=-', 'json=-'], /junit and json both write to stdout/],
    ['run', ['plain=-', 'json=-'], /plain and json both write to stdout/],
    ['run', ['junit=/x', 'markdown=/x'], /two write \/x/],
    ['comparison', ['junit'], /--reporter junit cannot report a comparison/],
    ['selftest', ['markdown'], /--reporter markdown cannot report a selftest/],
    ['watch', ['json=/x'], /a watch has no end/],
    ['run', ['annotations=-'], /annotations=-: the runner reads stderr/],
  ])('%s with %j', (kind, named, message) => {
    expect(() => select(kind, named)).toThrow(message);
    expect(() => select(kind, named)).toThrow(expect.objectContaining({ exitCode: 2 }));
  });

  it('--json and a reporter on stdout', () => {
    expect(() => select('run', ['junit=-'], { json: true })).toThrow(/both write to stdout/);
  });
});

it('every name has a reporter for a run', () => {
  for (const name of reporterNames) expect(registry[name].kinds.run, name).toBeTypeOf('function');
});

it('every name has a row in docs/reporters.md', async () => {
  const text = await readFile('docs/reporters.md', 'utf8');
  expect([...text.matchAll(/^\| `(\w+)` /gm)].map(([, name]) => name)).toEqual(reporterNames);
});

describe('what they write', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'select-test-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  /** A whole run through the reporters that these words choose. */
  async function reported(
    named: readonly string[],
  ): Promise<{ stdout: string; runner: string; faults: readonly string[] }> {
    let stdout = '';
    let runner = '';
    const staging = join(folder, 'report');
    const places = {
      ...surface,
      stdout: { write: (text: string) => (stdout += text) },
      stderr: { write: () => 0 },
      runner: { write: (text: string) => (runner += text) },
      staging,
    };
    const { files, live } = makeReporters('run', select('run', named), places);
    const [writing, following] = [new ReporterHub(files), new ReporterHub(live)];
    const report = rejectedOn612();
    for (const event of eventsOf(report)) following.onEvent(event);
    await writing.onEnd(finished(report));
    await following.onEnd(finished(report));
    following.close();
    return { stdout, runner, faults: [...writing.faults, ...following.faults].map(({ message }) => message) };
  }

  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');

  it('is the same in a file, in the folder and on stdout', async () => {
    const { stdout, faults } = await reported([`junit=${join(folder, 'a/x.xml')}`, 'json=-']);
    expect(faults).toEqual([]);
    expect(await read('a/x.xml')).toBe(renderJunit(junitOf(rejectedOn612())));
    expect(await read('report/junit.xml')).toBe(renderJunit(junitOf(rejectedOn612())));
    expect(stdout).toBe(renderRunJson(rejectedOn612()));
    expect((await readdir(join(folder, 'report'))).sort()).toEqual([
      'junit.xml',
      'manifests',
      'report.html',
      'summary.md',
      'veristat',
      'veristat.md',
    ]);
  });

  it('of commands for a runner is where it reads them, and a file where one is named', async () => {
    const { stdout, runner } = await reported(['annotations', `annotations=${join(folder, 'a.txt')}`]);
    expect(runner).toMatch(/^::error file=/);
    expect(stdout).not.toContain('::error');
    expect(await read('a.txt')).toBe(runner);
    expect(await readdir(join(folder, 'report'))).not.toContain('annotations.txt');
  });

  it('of plain lines is a file with all of them when the run has ended', async () => {
    await reported([`plain=${join(folder, 'plain.log')}`]);
    const { stdout } = await reported(['plain']);
    expect(await read('plain.log')).toBe(stdout);
    expect(stdout).toMatch(/^bpf-matrix: 3 kernels/);
    expect(stdout).toMatch(/FAIL: exit 1, an incompatibility or a regression\n$/);
  });

  it('of several files is a folder', async () => {
    await reported([`veristat=${join(folder, 'v')}`]);
    expect((await readdir(join(folder, 'v'))).sort()).toEqual(['veristat', 'veristat.md']);
  });

  it('is whole or nothing, and a fault of the run when it is nothing', async () => {
    await mkdir(join(folder, 'taken'));
    const { faults } = await reported([`junit=${join(folder, 'taken')}`, `json=${join(folder, 'x.json')}`]);
    expect(faults).toEqual([expect.stringMatching(/^reporter junit: while writing the report: EISDIR/)]);
    expect(await readdir(join(folder, 'taken'))).toEqual([]);
    expect((await readdir(folder)).sort()).toEqual(['report', 'taken', 'x.json']);
  });
});
