// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../model/finding.js';
import type { Explanation, ObjectReport, ProgramReport } from '../model/report.js';
import type { FailureCode } from '../model/verdict.js';
import { doesVerdictCount } from './expectations.js';
import { countsOf, failedOf, firstAttempt, firstFailed } from './finding-of.js';
import type { WholeRoot } from './finding-roots.js';
import { nextSteps } from '../model/next-steps.js';
import { groupedBy } from '../model/grouped-by.js';

/** As much of an object as findings are about; `whole` is missing where nothing was loaded, and only programs are known. */
export type LoadedObject = Pick<ObjectReport, 'object'> & {
  readonly programs: readonly (Pick<ProgramReport, 'name' | 'section'> & Partial<ProgramReport>)[];
  readonly whole?: ObjectReport['whole'];
  readonly verdict?: ObjectReport['verdict'];
};

/** A program, or an object as a whole, that did not load or attach. */
export interface FailedLoad {
  readonly object: string;
  /** Null for the object as a whole. */
  readonly program: string | null;
  readonly hook: string | null;
  readonly step: 'load' | 'attach';
  readonly code: FailureCode;
  readonly why: Explanation;
}

/** Programs that fail for one cause, together; an object that fails for the reason of its programs is not among them. */
export function loadFailures(objects: readonly LoadedObject[]): readonly (readonly FailedLoad[])[] {
  return objects.flatMap((object) =>
    groupedBy(failedLoads(object), ({ step, code, why }) =>
      JSON.stringify([step, code, why.cause ?? why.decidingLine]),
    ),
  );
}

function failedLoads({ object, programs, whole, verdict }: LoadedObject): readonly FailedLoad[] {
  // What may fail, and does, is nothing that is wrong; nor is that the object does not load with it.
  if (verdict?.kind === 'pass') return [];
  const failed = programs.flatMap((program): readonly FailedLoad[] => {
    const { optional = false, expected = null } = program;
    if (program.verdict === undefined || !doesVerdictCount({ optional, expected, verdict: program.verdict })) return [];
    const at = { object, program: program.name, hook: hookOf(program.section) };
    if (program.load?.kind === 'failed') return [{ ...at, step: 'load', ...program.load }];
    return program.attach?.kind === 'failed' ? [{ ...at, step: 'attach', ...program.attach }] : [];
  });
  if (failed.length > 0 || whole?.kind !== 'failed') return failed;
  return [{ object, program: null, hook: null, step: 'load', ...whole }];
}

/** `lsm/file_open` is at file_open; a section that is a name only is at none. */
export function hookOf(section: string): string | null {
  const parts = section.split('/');
  return parts.length > 1 ? (parts.at(-1) ?? null) : null;
}

/** One cause is one finding, with what follows from it on the machines that proved the agent. */
export function loadFinding(kernel: string, same: readonly FailedLoad[], followed: readonly WholeRoot[]): Finding {
  const [first] = same;
  if (first === undefined) throw new Error('verdict: a finding about no program');
  const { code, why, hook, program } = first;
  const shown = followed.find((root) => firstFailed(root).attempt !== null) ?? followed[0];
  const failed = followed.flatMap(failedOf);
  return {
    contract: shown?.contract ?? null,
    code,
    title: loadTitle(first, same),
    environments: [...new Set(followed.flatMap(({ environments }) => environments))],
    hook: same.length === 1 ? hook : null,
    candidates: [],
    rule: null,
    program,
    first: shown === undefined ? null : firstAttempt(firstFailed(shown)),
    eventClaim: null,
    eventWord: null,
    next: why.hint ?? nextSteps[code],
    doc: why.page ?? `docs/failure-codes.md#${code.toLowerCase()}`,
    rerun: ['--kernel', kernel, '--only', 'load'],
    ...countsOf(
      code,
      failed,
      followed.flatMap(({ unproved }) => unproved),
    ),
    ...(followed.length === 0 ? { checks: same.length } : {}),
  };
}

/** Names in a title; the rest is counted. */
const namedPrograms = 4;

function loadTitle({ program, object, step, why }: FailedLoad, same: readonly FailedLoad[]): string {
  const names = same.flatMap((one) => one.program ?? []);
  const rest = names.length - namedPrograms;
  const listed = [...names.slice(0, namedPrograms), ...(rest > 0 ? [`${rest} more`] : [])].join(', ');
  const many = `${same.length} programs of ${object} (${listed})`;
  const what = program === null ? `the object ${object}` : same.length === 1 ? program : many;
  const does = program === null || same.length === 1 ? 'does' : 'do';
  return `${what} ${does} not ${step}: ${why.decidingLine}`;
}
