// SPDX-License-Identifier: Apache-2.0
import { type Cause, type CauseCase, matchVerdictLines } from './causes-case.js';
import { instructionPlace } from './causes-named.js';
import { type Origin, valueOriginOf, type Place } from './verifier-value.js';

const unbounded =
  /^(?:R(\d+) (?:unbounded memory access|min value is negative, either|max value is outside)|math between \w+ pointer and register with unbounded)/;
const sum = /^r(\d+) \+= r(\d+)$/;

/** The value of the access was tested, but in a register that the verifier does not connect with the one that is used. */
export function boundOnCopyCause(rejection: CauseCase): Cause | null {
  const { marks } = rejection;
  const match = matchVerdictLines(rejection, unbounded);
  const at = marks.findIndex(({ insn }) => insn !== null);
  if (match === null || at < 0) return null;
  const index = indexAt(rejection, at, match[1]);
  const used = index === null ? null : valueOriginOf(marks, index);
  const test = used === null || used.tests.length > 0 ? null : testOfCopy(rejection, at, used);
  if (test === null) return null;
  return {
    id: 'bound-on-copy',
    explanation: `The value was tested, at ${instructionPlace(rejection, test)}, in a copy of the register that the access uses: cut to 32 bits, extended or kept elsewhere. The verifier does not connect the two.`,
    hint: 'Let the test and the access use one variable of one type, an unsigned 64-bit one, with `barrier_var(i)` before the test, so that the compiler keeps it in one register.',
  };
}

/** The last test before the access of a register whose value has the same origin. */
function testOfCopy({ marks }: CauseCase, access: number, used: Origin): number | null {
  for (let index = access + 1; index < used.at; index++) {
    const { insn = null, text = '' } = marks[index] ?? {};
    const tested = /^if [rw](\d+) /.exec(text)?.[1];
    if (insn === null || tested === undefined) continue;
    if (valueOriginOf(marks, { register: Number(tested), from: index + 1 })?.at === used.at) return insn;
  }
  return null;
}

/** The register with the index or the length: of `r3 += r2`, made before the access through r3, it is r2. */
function indexAt({ marks }: CauseCase, at: number, number: string | undefined): Place | null {
  const text = marks[at]?.text ?? '';
  const own = addedIn(text, at);
  if (own !== null || number === undefined) return own;
  const used = { register: Number(number), from: at + 1 };
  if (text.startsWith('call ')) return used;
  const origin = valueOriginOf(marks, used);
  return origin?.made.kind === 'computed' ? addedIn(origin.made.text, origin.at) : null;
}

function addedIn(text: string, at: number): Place | null {
  const added = sum.exec(text)?.[2];
  return added === undefined ? null : { register: Number(added), from: at + 1 };
}
