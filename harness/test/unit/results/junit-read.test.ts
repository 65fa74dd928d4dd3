// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../model/errors.js';
import type { RunReport } from '../../../model/report.js';
import { junitOf } from '../../../report/reporters/junit.js';
import type { JunitRun } from '../../../model/junit.js';
import { renderJunit } from '../../../report/views/junit-xml.js';
import { readJunit, type StoredJunit } from '../../../results/junit-read.js';
import { everyReportBothWays } from '../../fixtures/both-ways.js';
import { allPass, broken, rejectedOn612, unavailable } from '../../fixtures/reports.js';
import { loadedProgram, objectOf, ranKernel } from '../../fixtures/report-parts.js';

const written = (report: RunReport): string => renderJunit(junitOf(report));
const read = (text: string): StoredJunit => readJunit(text, 'junit.xml');

/** The case of that name; there must be exactly one. */
function caseOf({ suites }: StoredJunit, classname: string, name: string) {
  const found = suites.flatMap(({ cases }) => cases).filter((one) => one.classname === classname && one.name === name);
  expect(found, `${classname} ${name}`).toHaveLength(1);
  return found[0]!;
}

describe('a file that the JUnit reporter has written', async () => {
  const reports = await everyReportBothWays();

  it.each(reports)('%s: comes back and is written again byte for byte', (_, report) => {
    const text = written(report);
    expect(renderJunit(read(text))).toBe(text);
  });

  it.each(reports)('%s: has every suite and every case with its result', (_, report) => {
    const run: JunitRun = junitOf(report);
    const back = read(written(report));
    expect(back.suites.map(({ name }) => name)).toEqual(run.suites.map(({ name }) => name));
    const kinds = ({ suites }: JunitRun | StoredJunit): string[] =>
      suites.flatMap(({ cases }) => cases.map(({ classname, result }) => `${classname}: ${result.kind}`));
    expect(kinds(back)).toEqual(kinds(run));
  });

  it('has the run, its start and its times', () => {
    const back = read(written(allPass()));
    expect(back).toMatchObject({ name: 'bpf-matrix', time: 41.25, started: '2026-11-20T10:00:00' });
    expect(back.suites[0]).toMatchObject({ name: '6.1.load', kernel: '6.1', part: 'load' });
    expect(back.suites[0]?.properties).toContainEqual(['guest.libbpf', '1.1.2']);
  });

  it('has a failure with its code and its evidence, the place in the source among it', () => {
    const one = caseOf(read(written(rejectedOn612())), '6.12.aegis', 'socket_connect load');
    expect(one.result).toMatchObject({ kind: 'failure', type: 'VERIFIER_REJECTED' });
    expect(one.result).toHaveProperty('text', expect.stringContaining('at: bpf/aegis/net.bpf.h:88: '));
    expect(one.result).toHaveProperty('text', expect.stringContaining('return denied ? -EPERM : 0;'));
  });

  it('has an error where the machinery broke, and one where a kernel could not be had', () => {
    expect(caseOf(read(written(broken())), '6.7.load', 'kernel').result).toMatchObject({
      kind: 'error',
      type: 'KERNEL_PANIC',
    });
    expect(caseOf(read(written(unavailable())), '5.15.load', 'kernel').result).toMatchObject({
      type: 'ARCHIVE_UNREACHABLE',
    });
  });

  it('keeps texts that are hard on XML, and on those who guess types', () => {
    const names = [
      'true',
      '1.0',
      '0x10',
      '"\'<>&',
      ']]>',
      '&amp;',
      '&#10;',
      '--',
      'constructor',
      '__proto__',
      '\u{1f600}',
    ];
    for (const name of names) {
      const kernel = ranKernel('6.1', name, [objectOf(name, [{ ...loadedProgram('lsm/x'), name }])]);
      const back = read(written({ ...allPass(), kernels: [{ ...kernel, notes: [` ${name}\n  ${name} `] }] }));
      expect(caseOf(back, `6.1.${name}`, `${name} load`).result.kind).toBe('passed');
      expect(back.suites[0]?.output).toContain(` ${name}\n  ${name} `);
    }
  });

  it.each(['true', '1.0', '0x10', '1e3', 'null', '', ' '])('has %j as text wherever it stands alone', (text) => {
    const result = { kind: 'error', type: 'HARNESS', message: 'm', text } as const;
    const cases = [{ classname: 'c', name: 'n', time: 0, result }];
    const suite = { name: 's', kernel: 'k', part: 'load', properties: [], cases, output: text || null } as const;
    const run: JunitRun = { name: 'r', time: 0, started: '2026-11-20T10:00:00', suites: [suite] };
    expect(read(renderJunit(run))).toEqual(run);
  });

  it('may be without a suite, which then has no start', () => {
    expect(read(written({ ...allPass(), kernels: [], findings: [] }))).toMatchObject({ suites: [], started: '' });
  });
});

describe('a file of before the root was bare', () => {
  it('is read as what it is, and written again in the form of today', async () => {
    const before = read(await readFile(join(import.meta.dirname, '../../fixtures/junit-before.xml'), 'utf8'));
    const now = read(written(rejectedOn612()));
    expect(before).toMatchObject({ name: now.name, time: now.time, started: now.started });
    expect(before.suites.map(({ kernel, part }) => [kernel, part])).toEqual(
      now.suites.map(({ kernel, part }) => [kernel, part]),
    );
    const results = ({ suites }: StoredJunit): unknown => suites.flatMap(({ cases }) => cases.map((one) => one.result));
    expect(results(before)).toEqual(results(now));
    expect(read(renderJunit(before))).toEqual(before);
  });
});

describe('damage', () => {
  const good = written(rejectedOn612());
  const refusal = (text: string): UsageError => {
    try {
      read(text);
    } catch (error) {
      if (error instanceof UsageError) return error;
      throw error;
    }
    throw new Error(`taken: ${text.slice(0, 200)}`);
  };
  const changed = (from: string | RegExp, to: string): string => {
    const text = good.replace(from, to);
    expect(text, String(from)).not.toBe(good);
    return text;
  };

  it('of a file that was cut short is found wherever it ends', () => {
    for (let length = 0; length < good.trimEnd().length; length += 37) {
      expect(refusal(good.slice(0, length)).exitCode).toBe(2);
    }
  });

  it('names the file, the place and the next step', () => {
    const error = refusal(changed('time="2.412"', 'time="soon"'));
    expect(error.message).toBe(
      'junit.xml: at testsuites.testsuite[0].testcase[0].@_time: no seconds with three decimals (found "soon")',
    );
    expect(error.next).toContain('run the matrix again');
  });

  it.each<[string, string | RegExp, string, RegExp]>([
    [
      'a case that is gone',
      /\s*<testcase[^>]*name="socket_bind load"[^>]*\/>/,
      '',
      /tests says \d+, and there are \d+/,
    ],
    ['a failure that became a pass', /<failure[\s\S]*?<\/failure>/, '', /failures says \d+, and there are \d+/],
    ['a failure that became an error', /failure/g, 'error', /failures|errors|unknown field/],
    ['a case twice', /(<testcase[^>]*name="socket_bind load"[^>]*\/>)/, '$1$1', /tests says|two cases/],
    ['another case under its name', /name="socket_bind load"/, 'name="socket_connect load"', /two cases are called/],
    ['a suite of another run', /timestamp="[^"]*"/, 'timestamp="2020-01-01T00:00:00"', /of several runs/],
    ['a time that is none', /timestamp="[^"]*"/, 'timestamp="yesterday"', /@_timestamp/],
    ['an attribute that nobody knows', 'classname=', 'retries="3" classname=', /unknown field @_retries/],
    ['an element that nobody knows', '<skipped', '<rerun/><skipped', /unknown field rerun/],
    ['an attribute that is missing', /classname="[^"]*"/, '', /@_classname: missing/],
    ['words between elements', '<testcase', 'words<testcase', /text where elements belong/],
    ['a line without a file', '<testcase', '<testcase line="3"', /file and line come together/],
    ['a suite that is gone', /\s*<testsuite [^]*?<\/testsuite>/, '', /run\.suites says 3, and there are 2/],
    ['another run in a suite', /41\.250/, '41.251', /its suites are of several runs/],
    ['a time of the run that is none', /41\.250/g, 'soon', /run\.seconds: no seconds with three decimals/],
    ['two results', '<failure', '<skipped message=""/><failure', /more than one result/],
    ['a control byte', 'aegis', 'ae\u001bgis', /line \d+: "\\u001b"/],
    ['a lone surrogate', 'aegis', 'ae\ud800gis', /line \d+: /],
    ['an entity of its own', 'aegis', '&aegis;', /line \d+: "&aegis;"/],
    ['a number for a character', 'aegis', '&#27;', /line \d+: "&#27;"/],
    ['a document type', '<testsuites', '<!DOCTYPE a [<!ENTITY b "c">]><testsuites', /"<!"/],
    ['another encoding', 'UTF-8', 'ISO-8859-1', /encoding/],
    ['another root', /testsuites/g, 'results', /testsuites: missing|unknown field results/],
    ['words after the root', /$/, 'words', /text outside of the root/],
    ['an attribute twice', 'classname=', 'name="x" classname=', /the attribute name twice/],
    ['an attribute without quotes', /time="2[^"]*"/, 'time=2', /no tag: /],
    ['a tag that closes another', '</failure>', '</error>', /<\/error> closes <failure>/],
    ['a tag that closes nothing', /$/, '</testsuites>', /<\/testsuites> closes nothing/],
    ['a second root', /$/, '<more/>', /<more> after the end of the root/],
  ])('by %s is told', (_, from, to, message) => {
    expect(refusal(changed(from, to)).message).toMatch(message);
  });

  it.each(['', '{}', '<html></html>', 'not even that'])('of a file that is none: %j', (text) => {
    expect(refusal(text).message).toMatch(/^junit\.xml: /);
  });
});
