// SPDX-License-Identifier: Apache-2.0
import type { Explanation, KernelReport, RunReport } from '../../model/report.js';
import type { Code } from '../../model/verdict.js';
import { junitCasesOf, wholeObject, type Case } from './cases.js';

/** One fault, with every kernel that shows the same. */
export interface Failure {
  /** `optional`, `expected`: reported, and not held against the run. */
  readonly kind: 'fail' | 'infra' | 'optional' | 'expected';
  readonly object: string;
  readonly item: string;
  readonly step: Case['step'];
  readonly code: Code;
  readonly why: Explanation | null;
  /** What the configuration says of it, where it does. */
  readonly note: string | null;
  readonly kernels: readonly string[];
  /** Verifier logs relative to the report folder, one a kernel that has one. */
  readonly logs: readonly string[];
}

/** All faults of programs and objects, in the order of kernels and programs, equal ones merged over kernels. */
export function failuresOf(report: RunReport): readonly Failure[] {
  const merged = new Map<string, Failure>();
  for (const kernel of report.kernels) {
    for (const failure of failuresIn(kernel)) {
      const key = sameness(failure);
      const before = merged.get(key);
      merged.set(key, before ? { ...before, ...joined(before, failure) } : failure);
    }
  }
  return [...merged.values()];
}

function failuresIn(kernel: KernelReport): readonly Failure[] {
  if (kernel.status === 'unavailable') return [];
  const found = junitCasesOf(kernel).flatMap((one): readonly Failure[] => {
    if (one.outcome.kind === 'pass' || one.outcome.kind === 'skipped') return [];
    const { kind, code, why } = one.outcome;
    const { object, item, step, note } = one;
    return [
      { kind, object, item, step, code, why, note, kernels: [kernel.id], logs: why?.log == null ? [] : [why.log] },
    ];
  });
  return found.filter((failure) => !isEcho(failure, found) && !isMachineEcho(failure, kernel));
}

/** The whole object failing for the reason of one of its programs says nothing new; its table row shows it. */
function isEcho(failure: Failure, all: readonly Failure[]): boolean {
  if (failure.item !== wholeObject || failure.why === null) return false;
  const line = failure.why.decidingLine;
  return all.some(({ object, item, why }) => {
    if (object !== failure.object || item === wholeObject || why === null) return false;
    return line === why.decidingLine || line === `${item}: ${why.decidingLine}`;
  });
}

/** A fault of the machine without evidence of its own is reported with the kernel that broke. */
function isMachineEcho(failure: Failure, kernel: KernelReport): boolean {
  return kernel.status === 'broken' && failure.kind === 'infra' && failure.why === null;
}

function sameness({ kind, object, item, step, code, why, note }: Failure): string {
  const { errno, decidingLine, source, origin, cause } = why ?? {};
  return JSON.stringify([kind, object, item, step, code, note, errno, decidingLine, source, origin, cause]);
}

function joined(a: Failure, b: Failure): Pick<Failure, 'kernels' | 'logs'> {
  return { kernels: [...a.kernels, ...b.kernels], logs: [...new Set([...a.logs, ...b.logs])] };
}
