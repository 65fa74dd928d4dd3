// SPDX-License-Identifier: Apache-2.0
import type { KernelId } from '../model/kernel.js';
import type { RunReport } from '../model/report.js';
import { nextProbes } from '../plan/bisect.js';
import { answerOf, wordOf } from '../verdict/bisect.js';
import { exitCodeOf, runFindings } from '../verdict/judge-run.js';
import { type KernelRequest, type MatrixOptions, runMatrix } from './matrix.js';

/** What is searched for, and where. */
export interface FlipSearch {
  /** One a release, oldest first; at least one. */
  readonly requests: readonly KernelRequest[];
  readonly program: string;
  /** Ask every release. */
  readonly all: boolean;
}

/** Runs releases in rounds until every flip of the program's verdict is between two neighbours; one report of all. */
export async function searchFlips(
  options: Omit<MatrixOptions, 'kernels'>,
  { requests, program, all }: FlipSearch,
): Promise<RunReport> {
  const order = requests.map(({ id }) => id);
  const answers = new Map<KernelId, string | null>();
  let whole: RunReport | null = null;
  for (;;) {
    const next = nextProbes(order, answers, all);
    if (next.length === 0) break;
    const kernels = requests.filter(({ id }) => next.includes(id));
    // KVM is proved once, and what was said about it is said once.
    const round = await runMatrix({ ...options, accel: whole?.host.accel ?? options.accel, kernels });
    for (const kernel of round.kernels) answers.set(kernel.id, wordOf(answerOf(kernel, program)));
    whole = whole === null ? round : joined(whole, round, order);
  }
  if (whole === null) throw new Error('bisect: no release to ask');
  return whole;
}

function joined(before: RunReport, round: RunReport, order: readonly KernelId[]): RunReport {
  const all = [...before.kernels, ...round.kernels];
  const kernels = order.flatMap((id) => all.filter((kernel) => kernel.id === id));
  const findings = runFindings(kernels);
  return {
    ...before,
    ms: before.ms + round.ms,
    host: { ...before.host, accel: before.host.accel ?? round.host.accel },
    notices: [...before.notices, ...round.notices.filter((text) => !before.notices.includes(text))],
    kernels,
    findings,
    exitCode: exitCodeOf(kernels, findings, before.options.available),
  };
}
