// SPDX-License-Identifier: Apache-2.0
import type { Capability } from '../model/capability.js';
import type { CauseId } from '../model/cause.js';
import { ExitCode } from '../model/exit-code.js';
import type { KernelId } from '../model/kernel.js';
import type { KernelReport, LoadVerdict, ProgramReport, RanKernel, RunReport } from '../model/report.js';
import type { ObjectIdentity } from '../model/object.js';
import type { FailureCode, InfraCause, UnavailableReason } from '../model/verdict.js';

/** Version of `bisect.json`. Raised when a field changes its meaning or goes. */
const bisectionSchema = 1;

/** What one program comes to on point releases of the kernel, and between which of them that changes. */
export interface Bisection {
  readonly schema: typeof bisectionSchema;
  readonly object: ObjectIdentity;
  readonly program: string;
  /** What its loader lacked. */
  readonly withoutCapabilities: readonly Capability[];
  /** Every release in the range that an archive offers, oldest first. */
  readonly offered: readonly KernelId[];
  /** Those that were asked, oldest first. */
  readonly rows: readonly BisectRow[];
  readonly flips: readonly Flip[];
  readonly exitCode: ExitCode;
}

export interface BisectRow {
  readonly release: KernelId;
  /** Of the package; null when it could not be had. */
  readonly version: string | null;
  readonly answer: BisectAnswer;
}

export type BisectAnswer =
  | { readonly kind: 'loads'; readonly insns: number | null }
  | {
      readonly kind: 'rejected';
      readonly code: FailureCode;
      readonly cause: CauseId | null;
      readonly decidingLine: string;
    }
  /** Not to be had, or the machinery broke: nothing is known. */
  | { readonly kind: 'missing'; readonly code: InfraCause | UnavailableReason; readonly detail: string };

export interface Flip {
  /** The last release with the one verdict, and the first with the other. */
  readonly between: readonly [before: KernelId, after: KernelId];
  /** `loads`, or a failure code. */
  readonly from: string;
  readonly to: string;
  /** Offered releases in between that gave no answer. */
  readonly unknown: readonly KernelId[];
}

/** What counts as one verdict: `loads`, or the failure code; null when nothing is known. */
export function bisectAnswerLabel(answer: BisectAnswer): string | null {
  switch (answer.kind) {
    case 'loads':
      return 'loads';
    case 'rejected':
      return answer.code;
    case 'missing':
      return null;
  }
}

export function bisectionOf(report: RunReport, program: string, offered: readonly KernelId[]): Bisection {
  const [object] = report.objects;
  if (object === undefined) throw new Error('bisect: a report without an object');
  const rows = report.kernels.map((kernel) => bisectRow(kernel, program));
  const { available, withoutCapabilities } = report.options;
  const flips = flipsOf(rows, offered);
  const exitCode = exitCodeOf(rows, available);
  return { schema: bisectionSchema, object, program, withoutCapabilities, offered, rows, flips, exitCode };
}

function bisectRow(kernel: KernelReport, program: string): BisectRow {
  const version = kernel.status === 'unavailable' ? null : kernel.identity.version;
  return { release: kernel.id, version, answer: bisectAnswerOf(kernel, program) };
}

/** What one kernel says of the program; of an object that cannot be opened, it says so of each. */
export function bisectAnswerOf(kernel: KernelReport, program: string): BisectAnswer {
  const { detail } = kernel;
  if (kernel.status === 'unavailable') return { kind: 'missing', code: kernel.reason, detail };
  if (kernel.status === 'broken') return { kind: 'missing', code: kernel.cause, detail };
  return answerIn(kernel, program);
}

function answerIn({ id, detail, objects: [object] }: RanKernel, program: string): BisectAnswer {
  const found = object?.programs.find(({ name }) => name === program);
  if (found?.verdict.kind === 'infra') return { kind: 'missing', code: found.verdict.cause, detail };
  if (found?.load.kind === 'loaded') return loads(found);
  const failed = found?.load ?? object?.whole;
  if (failed?.kind === 'failed') return rejection(failed);
  return { kind: 'missing', code: 'HARNESS', detail: `${id} said nothing of ${program}` };
}

function loads({ stats }: ProgramReport): BisectAnswer {
  return { kind: 'loads', insns: stats?.insns ?? null };
}

function rejection({ code, why }: Extract<LoadVerdict, { kind: 'failed' }>): BisectAnswer {
  return { kind: 'rejected', code, cause: why.cause, decidingLine: why.decidingLine };
}

function flipsOf(rows: readonly BisectRow[], offered: readonly KernelId[]): readonly Flip[] {
  const known = rows.flatMap(({ release, answer }) => {
    const word = bisectAnswerLabel(answer);
    return word === null ? [] : [{ release, word }];
  });
  return known.slice(1).flatMap((after, index) => {
    const before = known[index] ?? after;
    if (before.word === after.word) return [];
    const unknown = offered.slice(offered.indexOf(before.release) + 1, offered.indexOf(after.release));
    return [{ between: [before.release, after.release], from: before.word, to: after.word, unknown } satisfies Flip];
  });
}

/** A rejection outweighs what is not known. */
function exitCodeOf(rows: readonly BisectRow[], available: boolean): ExitCode {
  const kinds = rows.map(({ answer }) => answer.kind);
  if (kinds.includes('rejected')) return ExitCode.incompatible;
  if (!kinds.includes('loads')) return ExitCode.incomplete;
  return kinds.includes('missing') && !available ? ExitCode.incomplete : ExitCode.ok;
}
