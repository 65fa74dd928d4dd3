// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JunitCase, JunitResult, JunitRun } from '../../../model/junit.js';
import { junitOf } from '../../../report/reporters/junit.js';
import { renderJunit } from '../../../report/views/junit-xml.js';
import { everyReportBothWays } from '../../fixtures/both-ways.js';
import { antJunit, jenkinsFour, jenkinsXunit, refusals } from '../../fixtures/junit-schemas.js';
import { brokenMachines, leaking } from '../../fixtures/report-proofs.js';
import { broken, rejectedOn612 } from '../../fixtures/reports.js';
import { every, parseXml } from '../../fixtures/xml.js';

const reports = await everyReportBothWays();
const documents = reports.map(([name, report]) => [name, junitOf(report), renderJunit(junitOf(report))] as const);

describe('a schema of JUnit files', async () => {
  const roots = await parseXml(documents.map(([, , text]) => text));
  const cases = documents.map(([name], index) => [name, roots[index]!] as const);

  it.each(cases)('takes %s, whichever of the two that CI systems go by it is', (_, root) => {
    expect(refusals(jenkinsXunit, root)).toEqual([]);
    expect(refusals(antJunit, root)).toEqual([]);
  });

  it.each(cases)('of old takes %s, but for the reason of what is skipped', (_, root) => {
    const hasSkipped = every('skipped', root).length > 0;
    expect(refusals(jenkinsFour, root)).toEqual(hasSkipped ? ['message on <skipped>'] : []);
  });

  const good = renderJunit(junitOf(rejectedOn612()));
  it.each<[string, string | RegExp, string, string, string]>([
    ['totals of what is skipped', '<testsuites>', '<testsuites skipped="9">', 'skipped on <testsuites>', 'the same'],
    ['any total', '<testsuites>', '<testsuites tests="60">', '', 'tests on <testsuites>'],
    ['a place in the source', '<testcase ', '<testcase file="a.c" line="3" ', 'file on <testcase>', 'the same'],
    [
      'a nested suite',
      '<testcase ',
      '<testsuite/><testcase ',
      '<testsuite> without name',
      'what <testsuite> has in it',
    ],
    ['output before the cases', '<testcase ', '<system-out/><testcase ', '', 'what <testsuite> has in it'],
    ['a suite without a host', / hostname="[^"]*"/, '', '', '<testsuite> without hostname'],
    ['a start with a zone', /(timestamp="[^"]*)"/, '$1Z"', '', 'timestamp on <testsuite> as "2026-11-20T10:00:00Z"'],
    ['a time that is none', / time="[^"]*"/, ' time="4.5 s"', 'time on <testsuite> as "4.5 s"', 'the same'],
    ['four decimals', / time="[^"]*"/, ' time="4.5678"', 'time on <testsuite> as "4.5678"', ''],
    ['two results', '<failure ', '<skipped/><failure ', '', 'what <testcase> has in it'],
    ['properties of a case', '<failure ', '<properties/><failure ', 'what <testcase> has in it', 'the same'],
    ['text between cases', '<testcase ', 'words<testcase ', 'text in <testsuite>', 'the same'],
    ['another element', '<testcase ', '<note/><testcase ', 'what <testsuite> has in it', 'the same'],
  ])('refuses %s', async (_, from, to, ofJenkins, ofAnt) => {
    const changed = good.replace(from, to);
    expect(changed).not.toBe(good);
    const [root] = await parseXml([changed]);
    const [mine = '', theirs = ''] = [refusals(jenkinsXunit, root!), refusals(antJunit, root!)].map(([first]) => first);
    expect([mine, theirs]).toEqual([ofJenkins, ofAnt === 'the same' ? ofJenkins : ofAnt]);
  });
});

it('every case has its time, and a suite that of its cases', async () => {
  for (const root of await parseXml([leaking(), brokenMachines(), broken()].map((one) => renderJunit(junitOf(one))))) {
    for (const suite of root.children) {
      const times = every('testcase', suite).map(({ attributes }) => Number(attributes['time']));
      expect(times.every((time) => time >= 0)).toBe(true);
      expect(Number(suite.attributes['time'])).toBeCloseTo(
        times.reduce((sum, time) => sum + time, 0),
        3,
      );
    }
    const classes = root.children.filter(({ attributes }) =>
      /^6\.12\.(?!machines|load)/.test(attributes['name'] ?? ''),
    );
    for (const one of classes.flatMap((suite) => suite.children.filter(({ tag }) => tag === 'testcase'))) {
      expect(Number(one.attributes['time']), one.attributes['name']).toBeGreaterThan(0);
    }
  }
});

/** What a reader makes of a case. */
type Seen = readonly [suite: string, classname: string | null, name: string, kind: string, message: string | null];

/** What it is meant to see; readers that know one kind of failure see both as that. */
function meant({ suites }: JunitRun, kindOf: (result: JunitResult) => string): readonly Seen[] {
  const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim();
  const messageOf = ({ result }: JunitCase): string | null =>
    result.kind === 'passed' ? null : oneLine(result.message);
  return suites.flatMap(({ name, cases }) =>
    cases.map((one) => [name, one.classname, one.name, kindOf(one.result), messageOf(one)] as const),
  );
}

// Whose cases are in the fixtures: a rejected program, a machine that broke, leaks, checks that nobody could look at.
const shown = [rejectedOn612(), brokenMachines(), leaking(), broken()].map(junitOf);

describe('a reader of another origin', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'junit-readers-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const written = async (run: JunitRun): Promise<string> => {
    const path = join(folder, 'junit.xml');
    await writeFile(path, renderJunit(run));
    return path;
  };

  it.each(shown)('junit2json sees every case, its result and its reason', async (run) => {
    const { parse } = (await foreign('junit2json')) as { parse: (text: string) => Promise<TheirSuites> };
    const { testsuite: suites } = await parse(renderJunit(run));
    const seen = suites.flatMap((suite) =>
      suite.testcase.map((one): Seen => {
        const kind = (['failure', 'error', 'skipped'] as const).find((name) => one[name] !== undefined);
        const message = kind === undefined ? null : (one[kind]?.[0]?.message ?? null);
        return [suite.name, one.classname, one.name, kind ?? 'passed', message];
      }),
    );
    expect(seen).toEqual(meant(run, ({ kind }) => kind));
  });

  it.each(shown)('test-results-parser sees every case, and counts what is skipped as skipped', async (run) => {
    const { parse } = (await foreign('test-results-parser')) as { parse: (options: object) => TheirResult };
    const result = parse({ type: 'junit', files: [await written(run)] });
    const seen = result.suites.flatMap((suite) =>
      suite.cases.map((one): Seen => {
        return [suite.name, null, one.name, one.status, one.status === 'FAIL' ? one.failure : null];
      }),
    );
    const kinds = { passed: 'PASS', skipped: 'SKIP', failure: 'FAIL', error: 'FAIL' };
    const expected = meant(run, ({ kind }) => kinds[kind]);
    expect(seen).toEqual(
      expected.map(([suite, , name, kind, message]) => [suite, null, name, kind, kind === 'FAIL' ? message : null]),
    );
    const count = (kind: string): number => expected.filter((one) => one[3] === kind).length;
    expect(result).toMatchObject({ passed: count('PASS'), skipped: count('SKIP') });
    expect(result.failed + result.errors).toBe(count('FAIL'));
  });

  it.each(shown)('junitxml-to-javascript sees every case, its result and its time', async (run) => {
    const { default: Parser } = (await foreign('junitxml-to-javascript')) as { default: new () => TheirParser };
    const report = await new Parser().parseXMLFile(await written(run));
    const seen = report.testsuites.flatMap((suite) => suite.testCases.map((one) => [suite.name, one.name, one.result]));
    // By its classnames, and with one word for whatever is red.
    const kinds = { passed: 'succeeded', skipped: 'skipped', failure: 'failed', error: 'failed' };
    const expected = meant(run, ({ kind }) => kinds[kind]).map(([, classname, name, kind]) => [classname, name, kind]);
    expect(seen.toSorted()).toEqual(expected.toSorted());
  });
});

/** A package of which only the part that is read here has types, by those below. */
function foreign(name: string): Promise<unknown> {
  return import(name);
}

interface TheirSuites {
  readonly testsuite: readonly {
    readonly name: string;
    readonly testcase: readonly (Readonly<Record<'name' | 'classname', string>> &
      Readonly<Partial<Record<'failure' | 'error' | 'skipped', readonly { readonly message?: string }[]>>>)[];
  }[];
}

interface TheirResult {
  readonly passed: number;
  readonly skipped: number;
  readonly failed: number;
  readonly errors: number;
  readonly suites: readonly {
    readonly name: string;
    readonly cases: readonly { readonly name: string; readonly status: string; readonly failure: string }[];
  }[];
}

interface TheirParser {
  parseXMLFile(path: string): Promise<{
    readonly testsuites: readonly {
      readonly name: string;
      readonly testCases: readonly { readonly name: string; readonly result: string; readonly duration: number }[];
    }[];
  }>;
}
