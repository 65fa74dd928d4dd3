import { ExitCode } from '../model/exit-code.js';
import type { Finding, KernelReport } from '../model/report.js';

/** Faults of reporters, as the multiplexer recorded them. */
export interface ReporterFault {
  readonly reporter: string;
  readonly message: string;
}

/** Findings that belong to no single kernel. Never green by default: a run in which nothing ran is one. */
export function runFindings(kernels: readonly KernelReport[], faults: readonly ReporterFault[]): readonly Finding[] {
  const findings: Finding[] = faults.map(({ reporter, message }) => ({
    verdict: { kind: 'infra', cause: 'REPORTER' },
    message: `reporter ${reporter} failed: ${message}`,
  }));
  if (kernels.length === 0) {
    findings.push({
      verdict: { kind: 'fail', stage: 'run', code: 'NOTHING_TESTED' },
      message: 'no kernel was selected, so nothing was tested',
    });
  }
  return findings;
}

/**
 * The exit code of a run. A failure outweighs an incomplete matrix. `available` forgives kernels that could not be had,
 * as long as one ran.
 */
export function exitCodeOf(
  kernels: readonly KernelReport[],
  findings: readonly Finding[],
  available: boolean,
): ExitCode {
  const verdicts = [...kernels, ...findings].map(({ verdict }) => verdict.kind);
  if (verdicts.includes('fail')) return ExitCode.incompatible;
  if (verdicts.includes('infra')) return ExitCode.incomplete;
  if (!verdicts.includes('unavailable')) return ExitCode.ok;
  return available && verdicts.includes('pass') ? ExitCode.ok : ExitCode.incomplete;
}
