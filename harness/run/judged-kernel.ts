// SPDX-License-Identifier: Apache-2.0
import type { Expectation } from '../model/expectation.js';
import { InfraError } from '../model/errors.js';
import { hostFaultOf } from '../model/host-fault.js';
import type { KernelReport } from '../model/report.js';
import { describeSchemaIssues } from '../results/issues.js';
import { kernelReport } from '../results/schema-kernel.js';
import type { KernelResult, SessionFault } from '../results/session.js';
import type { Extent } from '../verdict/judge-kernel.js';
import { brokenResult, judgeResults } from '../verdict/judge-results.js';

type Results = readonly [KernelResult, ...KernelResult[]];

interface JudgedBy {
  readonly entries: readonly Expectation[];
  readonly extent: Extent;
}

/**
 * Judges a kernel once what it answered is kept. What cannot be judged, stored or written down costs this kernel, which
 * is broken then, and no other. Throws what the host has to do with, a full disk for one.
 */
export async function judgedKernel(
  results: Results,
  { entries, extent }: JudgedBy,
  keep: () => Promise<void>,
): Promise<KernelReport> {
  try {
    await keep();
    const report = judgeResults(results, entries, extent);
    assertFits(report);
    return report;
  } catch (error) {
    if (hostFaultOf(error) !== null) throw error;
    return brokenResult(results[0], faultOf(error));
  }
}

function assertFits(report: KernelReport): void {
  const { error } = kernelReport.safeParse(report);
  if (error === undefined) return;
  throw new InfraError('HARNESS', { message: `its report does not fit: ${describeSchemaIssues(error, report)}` });
}

function faultOf(error: unknown): SessionFault {
  return {
    cause: 'HARNESS',
    message: `what it answered cannot be judged: ${error instanceof Error ? error.message : String(error)}`,
    next: 'this is a fault of bpf-matrix: please report it with the evidence of this kernel',
    consoleTail: [],
  };
}
