// SPDX-License-Identifier: Apache-2.0
import { type Cause, type CauseCase, matchVerdictLines } from './causes-case.js';

/** What may sleep, in a program that must not. */

const refused =
  /^(?:helper call might sleep in a non-sleepable prog$|program must be sleepable to call sleepable kfunc (\w+)$|sleepable helper (\w+)#\d+ in (?:a )?non-sleepable |kernel func (\w+) is sleepable within (?:a )?non-sleepable |sleepable global function (\w+)\(\) called in (?:a )?non-sleepable )/;
/** Helpers that sleep: some kernels offer them to programs that may, and to no others. */
const sleeping = /^bpf_(?:copy_from_user|copy_from_user_task|ima_inode_hash|ima_file_hash)$/;
const hint =
  'Put the program into a sleepable section, SEC("lsm.s/...") or SEC("fentry.s/..."), if its hook is one that may sleep.';

export function sleepCause(rejection: CauseCase): Cause | null {
  const match = matchVerdictLines(rejection, refused);
  if (match === null) return null;
  const name = match.slice(1).find(Boolean) ?? 'what';
  return {
    id: 'not-sleepable',
    explanation: `The program calls ${name === 'what' ? name : `${name}, which`} may sleep, and is not one that may.`,
    hint: couldSleep(rejection) ? hint : null,
  };
}

/** A helper that the kernel does not offer to this program, and would if it could sleep; null for any other. */
export function sleepingHelper(name: string, rejection: CauseCase): Cause | null {
  if (!sleeping.test(name) || !couldSleep(rejection)) return null;
  return {
    id: 'not-sleepable',
    explanation: `${name} may sleep, and the kernel offers it to sleepable programs alone; this is not one.`,
    hint,
  };
}

/** A program of a type that has sleepable sections, in one that is not. */
function couldSleep({ type, section }: CauseCase): boolean {
  return (type === 'lsm' || type === 'tracing') && !/^\??\w+\.s(?:\/|$)/.test(section);
}
