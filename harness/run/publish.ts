import type { RunReport } from '../model/report.js';
import type { Reporter } from '../report/reporter.js';
import { ReporterHub } from '../report/reporter.js';
import type { OutDir } from '../results/out-dir.js';
import { writeRunJson } from '../results/run-json.js';
import { exitCodeOf, reporterFindings } from '../verdict/judge-run.js';

/**
 * Writes the report folder and puts it in place. A reporter that throws is a finding of its own; `run.json` is written
 * last, so that it tells of all of them.
 */
export async function publish(
  report: RunReport,
  out: OutDir,
  fileReporters: readonly Reporter[],
  live: ReporterHub,
): Promise<RunReport> {
  const files = new ReporterHub(fileReporters);
  await files.onEnd(report, out.staging);
  const findings = [...report.findings, ...reporterFindings([...live.faults, ...files.faults])];
  const final = { ...report, findings, exitCode: exitCodeOf(report.kernels, findings, report.options.available) };
  await writeRunJson(out.staging, final);
  await out.commit();
  return final;
}
