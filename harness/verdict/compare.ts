// SPDX-License-Identifier: Apache-2.0
import type { Capability } from '../model/capability.js';
import { ExitCode } from '../model/exit-code.js';
import type { KernelReport, RunReport } from '../model/report.js';
import type { ObjectIdentity } from '../model/object.js';
import type { InfraCause, UnavailableReason } from '../model/verdict.js';
import { compareOnKernel, type KernelCompared } from './compare-kernel.js';

/** Version of `compare.json`. Raised when a field changes its meaning or goes. */
const comparisonSchema = 1;

/** What several objects come to on several kernels; each is held against the first. */
export interface Comparison {
  readonly schema: typeof comparisonSchema;
  readonly objects: readonly ObjectIdentity[];
  /** What the loader of all of them lacked. */
  readonly withoutCapabilities: readonly Capability[];
  readonly kernels: readonly KernelComparison[];
  readonly outcome: CompareOutcome;
  readonly exitCode: ExitCode;
}

export type KernelComparison = KernelCompared | KernelMissing;

/** A kernel that could not be had, or on which the machinery broke before all was known. */
export interface KernelMissing {
  readonly status: 'missing';
  readonly id: string;
  readonly code: InfraCause | UnavailableReason;
  readonly detail: string;
  readonly next: string;
}

/**
 * `kept`: everything that loads in the first object loads in the others. `lost`: something does not. `nothing`: no
 * program of any object loaded on any kernel, so there was nothing to keep. `incomplete`: a kernel is missing.
 */
export type CompareOutcome = 'kept' | 'lost' | 'nothing' | 'incomplete';

const exitCodes: Readonly<Record<CompareOutcome, ExitCode>> = {
  kept: ExitCode.ok,
  lost: ExitCode.incompatible,
  nothing: ExitCode.incompatible,
  incomplete: ExitCode.incomplete,
};

/** Compares the objects called `names` in a finished run that loaded them; the first name is the reference. */
export function compareObjects(report: RunReport, names: readonly string[]): Comparison {
  const objects = names.map((name) => {
    const identity = report.objects.find((object) => object.name === name);
    if (identity === undefined) throw new Error(`compare: no object ${name} in the report`);
    return identity;
  });
  const kernels = report.kernels.map((kernel) => kernelMissing(kernel) ?? compared(kernel, names));
  const outcome = outcomeOf(report, kernels);
  const { withoutCapabilities } = report.options;
  return { schema: comparisonSchema, objects, withoutCapabilities, kernels, outcome, exitCode: exitCodes[outcome] };
}

function compared(kernel: KernelReport, names: readonly string[]): KernelCompared {
  if (kernel.status !== 'ran') throw new Error(`compare: ${kernel.id} did not run`);
  return compareOnKernel(kernel, names);
}

/** Null for a kernel that answered about every program. */
export function kernelMissing(kernel: KernelReport): KernelMissing | null {
  const { id, detail } = kernel;
  if (kernel.status === 'unavailable') return { status: 'missing', id, code: kernel.reason, detail, next: kernel.next };
  if (kernel.status === 'broken') return { status: 'missing', id, code: kernel.cause, detail, next: kernel.next };
  const verdicts = kernel.objects.flatMap((object) => [object.verdict, ...object.programs.map((one) => one.verdict)]);
  const broken = verdicts.find((verdict) => verdict.kind === 'infra');
  if (broken === undefined) return null;
  return { status: 'missing', id, code: broken.cause, detail, next: 'run again; docs/failure-codes.md has the cause' };
}

/** What was lost outweighs what is not known. */
function outcomeOf({ kernels, findings, options }: RunReport, all: readonly KernelComparison[]): CompareOutcome {
  const done = all.filter((kernel) => kernel.status === 'compared');
  if (done.some(({ differences }) => differences.some(({ lost }) => lost.length > 0))) return 'lost';
  const forgiven = options.available && done.length > 0;
  const holes = all.filter(({ id, status }) => {
    const absent = kernels.some((kernel) => kernel.id === id && kernel.status === 'unavailable');
    return status === 'missing' && !(absent && forgiven);
  });
  if (holes.length > 0 || findings.some(({ verdict }) => verdict.kind === 'infra')) return 'incomplete';
  return done.some(({ tallies }) => tallies.some(({ loaded }) => loaded > 0)) ? 'kept' : 'nothing';
}
