// SPDX-License-Identifier: Apache-2.0
import type { Expectation } from '../model/expectation.js';
import type { KernelReport } from '../model/report.js';
import type { KernelResult, SessionFault } from '../results/session.js';
import { judgeCommand } from './judge-command.js';
import { type Extent, judgeKernel, unjudgedKernel } from './judge-kernel.js';
import { judgeRepeats } from './repeats.js';

/** Judges one kernel by all it was asked, once or several times; the same for a run that just ended and a stored one. */
export function judgeResults(
  [first, ...rest]: readonly [KernelResult, ...KernelResult[]],
  entries: readonly Expectation[],
  extent: Extent = 'whole',
): KernelReport {
  const judge = (result: KernelResult): KernelReport =>
    result.kind === 'command' ? judgeCommand(result) : judgeKernel(result, entries, extent);
  return judgeRepeats([judge(first), ...rest.map(judge)]);
}

/** The report of a kernel that answered what cannot be judged. */
export function brokenResult(result: KernelResult, fault: SessionFault): KernelReport {
  return result.kind === 'unavailable' ? judgeKernel(result, []) : unjudgedKernel(result.session, fault);
}
