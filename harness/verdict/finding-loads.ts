// SPDX-License-Identifier: Apache-2.0
import type { Finding } from '../model/finding.js';
import type { Explanation, ObjectReport, ProgramReport } from '../model/report.js';
import type { FailureCode } from '../model/verdict.js';
import { doesVerdictCount } from './expectations.js';
import { groupedBy } from './finding-roots.js';
import { nextSteps } from '../model/next-steps.js';

/** As much of an object as findings are about; `whole` is missing where nothing was loaded, and only programs are known. */
export type LoadedObject = Pick<ObjectReport, 'object'> & {
  readonly programs: readonly (Pick<ProgramReport, 'name' | 'section'> & Partial<ProgramReport>)[];
  readonly whole?: ObjectReport['whole'];
  readonly verdict?: ObjectReport['verdict'];
};

interface FailedLoad {
  readonly object: string;
  /** Null for the object as a whole. */
  readonly program: string | null;
  readonly hook: string | null;
  readonly step: 'load' | 'attach';
  readonly code: FailureCode;
  readonly why: Explanation;
}

/** Programs that fail for one cause are one finding; an object that fails for the reason of its programs is none. */
export function loadFindings(kernel: string, objects: readonly LoadedObject[]): readonly Finding[] {
  return objects.flatMap((object) =>
    groupedBy(failedLoads(object), ({ step, code, why }) =>
      JSON.stringify([step, code, why.cause ?? why.decidingLine]),
    ).map((same) => loadFinding(kernel, same)),
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
function hookOf(section: string): string | null {
  const parts = section.split('/');
  return parts.length > 1 ? (parts.at(-1) ?? null) : null;
}

function loadFinding(kernel: string, same: readonly FailedLoad[]): Finding {
  const [first] = same;
  if (first === undefined) throw new Error('verdict: a finding about no program');
  const { code, why, hook, program, object, step } = first;
  const what =
    program === null ? `the object ${object}` : same.length === 1 ? program : `${same.length} programs of ${object}`;
  const verb = step === 'load' ? 'load' : 'attach';
  const does = program === null || same.length === 1 ? 'does' : 'do';
  return {
    contract: null,
    code,
    title: `${what} ${does} not ${verb}: ${why.decidingLine}`,
    environments: [],
    classes: [],
    hook: same.length === 1 ? hook : null,
    candidates: [],
    rule: null,
    program,
    first: null,
    eventClaim: null,
    eventWord: null,
    next: why.hint ?? nextSteps[code],
    doc: why.page ?? `docs/failure-codes.md#${code.toLowerCase()}`,
    rerun: ['--kernel', kernel, '--only', 'load'],
    checks: same.length,
    byClass: [],
    folded: [],
    refs: [],
  };
}
