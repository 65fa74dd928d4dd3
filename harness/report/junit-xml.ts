import XMLBuilder from 'fast-xml-builder';
import { assertNever } from '../model/assert-never.js';
import { unique, type JunitCase, type JunitResult, type JunitRun, type JunitSuite } from './junit-model.js';
import { xmlAttribute, xmlText } from './xml-text.js';

type Node = Record<string, unknown>;

const builder = new XMLBuilder({
  format: true,
  ignoreAttributes: false,
  suppressEmptyNode: true,
  // On, an attribute with the value `true` would lose it, and attributes without values are not XML.
  suppressBooleanAttributes: false,
});

/** The bytes of `junit.xml`: XML 1.0 that any parser takes, whatever the texts hold. */
export function renderJunit(run: JunitRun): string {
  const suites = unique(run.suites);
  return builder.build({
    '?xml': { '@_version': '1.0', '@_encoding': 'UTF-8' },
    testsuites: {
      ...attributes({ name: run.name, ...counts(suites.flatMap((suite) => suite.cases)), time: seconds(run.time) }),
      testsuite: suites.map((suite) => suiteNode(suite, run.started)),
    },
  });
}

function suiteNode(suite: JunitSuite, started: string): Node {
  // Readers that follow the XSD want the time without a zone.
  const timestamp = started.slice(0, 19);
  return {
    ...attributes({ name: suite.name, ...counts(suite.cases), time: seconds(suite.time), timestamp }),
    ...(suite.properties.length === 0
      ? {}
      : { properties: { property: suite.properties.map(([name, value]) => attributes({ name, value })) } }),
    testcase: suite.cases.map(caseNode),
    ...(suite.output === null ? {} : { 'system-out': xmlText(suite.output) }),
  };
}

function caseNode(one: JunitCase): Node {
  const place = one.source === null ? {} : { file: one.source.file, line: String(one.source.line) };
  return {
    ...attributes({ classname: one.classname, name: one.name, time: seconds(one.time), ...place }),
    ...resultNode(one.result),
  };
}

function resultNode(result: JunitResult): Node {
  switch (result.kind) {
    case 'passed':
      return {};
    case 'skipped':
      return { skipped: attributes({ message: result.message }) };
    case 'failure':
    case 'error': {
      const { message, type } = result;
      return { [result.kind]: { ...attributes({ message, type }), '#text': xmlText(result.text) } };
    }
    default:
      return assertNever(result);
  }
}

function counts(cases: readonly JunitCase[]): Readonly<Record<string, string>> {
  const of = (kind: JunitResult['kind']): string => String(cases.filter((one) => one.result.kind === kind).length);
  return { tests: String(cases.length), failures: of('failure'), errors: of('error'), skipped: of('skipped') };
}

function attributes(values: Readonly<Record<string, string>>): Node {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [`@_${name}`, xmlAttribute(value)]));
}

function seconds(value: number): string {
  return value.toFixed(3);
}
