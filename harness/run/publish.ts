// SPDX-License-Identifier: Apache-2.0
import type { RunReport } from '../model/report.js';
import { type Reporter, type ReporterFault, ReporterHub, type Reports, type RunKind } from '../report/reporter.js';
import type { OutDir } from '../results/out-dir.js';
import { writeRunJson } from '../results/run-json.js';
import { exitCodeOf, reporterFindings } from '../verdict/judge-run.js';

/** Who reports a run, or what is made of it. */
export interface Publishers<K extends RunKind> {
  /** Write files. */
  readonly files: readonly Reporter<K>[];
  /** Have followed the run. */
  readonly live: ReporterHub<K>;
  /** What they are given. */
  readonly reportOf: (run: RunReport) => Reports[K];
}

/**
 * Writes the report folder and puts it in place. A reporter that throws is a finding of its own, and `run.json` is
 * written last, so that it has all of them.
 */
export async function publishReport<K extends RunKind>(
  run: RunReport,
  out: OutDir,
  { files, live, reportOf }: Publishers<K>,
): Promise<RunReport> {
  const hub = new ReporterHub(files);
  const followed = withReporterFaults(run, live.faults);
  await hub.onEnd(reportOf(followed));
  const final = withReporterFaults(followed, hub.faults);
  await writeRunJson(out.staging, final);
  await out.commit();
  return final;
}

/** The report with what its reporters did wrong, and the exit code that follows. */
export function withReporterFaults(report: RunReport, faults: readonly ReporterFault[]): RunReport {
  const findings = [...report.findings, ...reporterFindings(faults)];
  return { ...report, findings, exitCode: exitCodeOf(report.kernels, findings, report.options.available) };
}
