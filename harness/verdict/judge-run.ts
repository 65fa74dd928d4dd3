// SPDX-License-Identifier: Apache-2.0
import { ExitCode } from '../model/exit-code.js';
import { type RunFinding, type KernelReport, reportSchema, type RunReport } from '../model/report.js';
import type { RunConditions } from '../results/run-frame.js';
import { expectationFindings } from './expectation-findings.js';
import { supportOf } from './support.js';

/** The report of a run whose kernels are judged. */
export function judgeRun(conditions: RunConditions, kernels: readonly KernelReport[]): RunReport {
  return withFindings(conditions, kernels, runFindings(kernels));
}

/** That of one shard of a run, which may have nothing to do, and knows nothing of what the others see. */
export function judgeShard(conditions: RunConditions, kernels: readonly KernelReport[]): RunReport {
  const { entries } = conditions.expectations;
  return withFindings({ ...conditions, expectations: { scope: 'part', entries } }, kernels, []);
}

function withFindings(
  conditions: RunConditions,
  kernels: readonly KernelReport[],
  ofRun: readonly RunFinding[],
): RunReport {
  const { tool, started, ms, options, host, notices, objects, agent, others, expectations } = conditions;
  const findings = [...ofRun, ...expectationFindings(expectations, kernels)];
  return {
    schema: reportSchema,
    tool,
    started,
    ms,
    options,
    host,
    notices,
    objects,
    agent,
    others,
    expectations,
    kernels,
    support: supportOf(kernels),
    findings,
    exitCode: exitCodeOf(kernels, findings, options.available),
  };
}

/** Never green by default: a run in which nothing ran is a finding. */
export function runFindings(kernels: readonly KernelReport[]): readonly RunFinding[] {
  if (kernels.length > 0) return [];
  return [
    {
      verdict: { kind: 'fail', stage: 'run', code: 'NOTHING_TESTED' },
      message: 'no kernel was selected, so nothing was tested',
    },
  ];
}

/** A report that could not be written must not look like a green one. */
export function reporterFindings(faults: readonly { readonly message: string }[]): readonly RunFinding[] {
  return faults.map(({ message }) => ({ verdict: { kind: 'infra', cause: 'REPORTER' }, message }));
}

/**
 * The exit code of a run. A failure outweighs an incomplete matrix. `available` forgives kernels that could not be had,
 * as long as one ran.
 */
export function exitCodeOf(
  kernels: readonly KernelReport[],
  findings: readonly RunFinding[],
  available: boolean,
): ExitCode {
  const verdicts = [...kernels, ...findings].map(({ verdict }) => verdict.kind);
  if (verdicts.includes('fail')) return ExitCode.incompatible;
  if (verdicts.includes('infra')) return ExitCode.incomplete;
  if (!verdicts.includes('unavailable')) return ExitCode.ok;
  return available && verdicts.includes('pass') ? ExitCode.ok : ExitCode.incomplete;
}
