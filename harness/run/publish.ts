import type { RunReport } from '../model/report.js';
import { type Reporter, type ReporterFault, ReporterHub } from '../report/reporter.js';
import type { OutDir } from '../results/out-dir.js';
import { writeRunJson } from '../results/run-json.js';
import { exitCodeOf, reporterFindings } from '../verdict/judge-run.js';

/**
 * Writes the report folder and puts it in place. A reporter that throws is a finding of its own, and `run.json` is
 * written last, so that it tells of all of them.
 */
export async function publish(
  report: RunReport,
  out: OutDir,
  fileReporters: readonly Reporter[],
  live: ReporterHub,
): Promise<RunReport> {
  const files = new ReporterHub(fileReporters);
  const told = withFaults(report, live.faults);
  await files.onEnd(told, out.staging);
  const final = withFaults(told, files.faults);
  await writeRunJson(out.staging, final);
  await out.commit();
  return final;
}

/** The report with what its reporters did wrong, and the exit code that follows. */
export function withFaults(report: RunReport, faults: readonly ReporterFault[]): RunReport {
  const findings = [...report.findings, ...reporterFindings(faults)];
  return { ...report, findings, exitCode: exitCodeOf(report.kernels, findings, report.options.available) };
}
