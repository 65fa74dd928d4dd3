import { join } from 'node:path';
import type { RunReport } from '../model/report.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { checkSuites } from './junit-checks.js';
import { kernelSuite } from './junit-kernel.js';
import type { JunitRun, JunitSuite } from './junit-model.js';
import { renderJunit } from './junit-xml.js';
import type { Reporter } from './reporter.js';
import { codeOf } from './words.js';

/** Writes `junit.xml` into the report folder. */
export const junitReporter: Reporter = {
  name: 'junit',
  onEnd: (report, out) => writeFileAtomic(join(out, 'junit.xml'), renderJunit(junitOf(report))),
};

/** A suite a kernel, then one a kernel and class of checks, and one more for findings about the run as a whole. */
export function junitOf(report: RunReport): JunitRun {
  const suites = [
    ...report.kernels.map((kernel) => kernelSuite(kernel, report)),
    ...report.kernels.flatMap(checkSuites),
  ];
  return {
    name: report.tool.name,
    time: report.ms / 1000,
    started: report.started,
    suites: report.findings.length === 0 ? suites : [...suites, findingSuite(report)],
  };
}

function findingSuite(report: RunReport): JunitSuite {
  return {
    name: 'run',
    time: 0,
    properties: [],
    cases: report.findings.map(({ verdict, message }) => ({
      classname: 'run',
      name: codeOf(verdict) ?? verdict.kind,
      time: 0,
      source: null,
      result: {
        kind: verdict.kind === 'fail' ? 'failure' : 'error',
        type: codeOf(verdict) ?? verdict.kind,
        message,
        text: message,
      },
    })),
    output: null,
  };
}
