// SPDX-License-Identifier: Apache-2.0
import type { SourceLine } from '../model/report.js';
import { type Cause, type CauseCase, matchVerdictLines } from './causes-case.js';
import { sourceLineOf } from './source.js';
import { verifierBoundsOf } from './verifier-bounds.js';
import { type Maker, type Origin, valueOriginOf } from './verifier-value.js';

/** A value that a program must not return: what it can be, and the instruction that made it. */

const refusal = /^At [\w ]+ the register R(\d+) has (.*?) ?should have been in (\S.*)$/;
const errnoMax = 4095;
const errnos = `[-${errnoMax}, 0]`;

export function returnCause(rejection: CauseCase): Cause | null {
  const match = matchVerdictLines(rejection, refusal);
  if (match === null) return null;
  const { type, marks, lineInfo } = rejection;
  const [, register = '0', value = '', wanted = ''] = match;
  const bits = rangeOfBits(wanted);
  const allowed = bits === null ? wanted : `[${bits.join(', ')}]`;
  const id = type === 'lsm' ? 'lsm-return-range' : 'return-range';
  const known = `The program can return ${valueWords(value)}, and has to return a value in ${allowed}.`;
  const exit = marks.findIndex(({ text }) => text === 'exit');
  const origin = exit < 0 ? null : valueOriginOf(marks, { register: Number(register), from: exit + 1 });
  if (origin === null) return { id, explanation: known, hint: null };
  return {
    id,
    explanation: `${known} ${makerWords(origin)}${testWords(origin, rejection)}`,
    // Hooks that answer yes or no have another range.
    hint: type === 'lsm' && allowed === errnos ? lsmHint(origin, value) : plainHint(origin, allowed),
    source: originSource(origin, lineInfo),
  };
}

/** `smin=1 smax=1`, `value (0x2; 0x0)`, `unknown scalar value`. */
function valueWords(value: string): string {
  const range = /^smin=(-?\d+) smax=(-?\d+)$/.exec(value);
  if (range !== null) return range[1] === range[2] ? `${range[1]}` : `anything from ${range[1]} to ${range[2]}`;
  const bits = rangeOfBits(value.replace(/^(?:the )?value /, ''));
  if (bits !== null) return bits[0] === bits[1] ? String(bits[0]) : `anything from ${bits[0]} to ${bits[1]}`;
  return value === 'unknown scalar value' ? 'any number' : `a number of which not all bits are known (${value})`;
}

/** What 5.10 and 6.1 say of a number, `(0x0; 0x1)`, known bits and unknown ones, where that is a range. */
function rangeOfBits(text: string): readonly [bigint, bigint] | null {
  const [, known, unknown] = /^\(0x([0-9a-f]+); 0x([0-9a-f]+)\)$/.exec(text) ?? [];
  if (known === undefined || unknown === undefined) return null;
  const mask = BigInt(`0x${unknown}`);
  const low = BigInt.asIntN(64, BigInt(`0x${known}`));
  return (mask & (mask + 1n)) === 0n ? [low, low + mask] : null;
}

function makerWords({ made }: Origin): string {
  switch (made.kind) {
    case 'constant':
      return `That is a number of the program's own, ${made.value}.`;
    case 'negation':
      return isSmall(made)
        ? 'It comes out of the negation of a small number, which this kernel does not follow.'
        : 'It comes out of the negation of a number that nothing has bounded.';
    case 'call':
      return `It is what ${made.name} returned.`;
    case 'function':
      return 'It is what a global function of the program returned: the verifier checks that by itself, and takes its result for any number.';
    case 'memory':
      return `It was read from ${memoryWords(made.state)}.`;
    case 'computed':
      return `It was computed: ${made.text}.`;
  }
}

function memoryWords(state: string | null): string {
  const pointer = state?.slice(state.indexOf('=') + 1) ?? '';
  const map = /^map_value\(.*?\bmap=([^,)]+)/.exec(pointer)?.[1];
  if (pointer.startsWith('map_value')) return map === undefined ? 'the value of a map' : `the value of map ${map}`;
  if (pointer.startsWith('ctx')) return 'the arguments of the program';
  if (pointer.startsWith('fp')) return 'the stack';
  const type = /^\w*ptr_(\w+)\(/.exec(pointer)?.[1];
  return type === undefined ? 'memory' : `a ${type} of the kernel's`;
}

function testWords({ tests }: Origin, { lineInfo }: CauseCase): string {
  const [last] = tests;
  if (last === undefined) return '';
  const line = sourceLineOf(lineInfo, last);
  return ` The test of it on the way (${line === null ? `instruction ${last}` : `line ${line.line}`}) leaves that much.`;
}

/** A negation of 0 or 1, or of an errno, is one that only lacks a kernel that follows it. */
function isSmall(made: Extract<Maker, { kind: 'negation' }>): boolean {
  const umax = made.state === null ? null : verifierBoundsOf(made.state).umax;
  return umax !== null && umax <= errnoMax;
}

const clamp =
  'make it a long, and test both ends of it between two barriers, so that what is tested is what is returned: `barrier_var(result); if (result > 0 || result < -4095) return -EPERM; barrier_var(result); return result;`';

function lsmHint({ made, tests }: Origin, value: string): string {
  // All that it can be is 0 or above, and not much above: what was meant is yes or no.
  const isCount = /^smin=\d+ smax=\d{1,9}$/.test(value);
  switch (made.kind) {
    case 'constant':
      return 'An LSM program returns 0 to allow and a negative errno, such as -EPERM, to deny.';
    case 'computed':
      if (!isCount) break;
      return 'An LSM program returns 0 to allow and a negative errno, such as -EPERM, to deny: `barrier_var(condition); if (condition) return -EPERM; return 0;`. Without the barrier clang makes a negation of that, which some kernels do not follow.';
    case 'negation':
      if (isSmall(made)) {
        return `Where the source chooses between a constant and 0, \`condition ? -EPERM : 0\`, put \`barrier_var(condition)\` before it: clang then makes a branch of it. Where the source has the minus, ${clamp}`;
      }
      break;
    case 'call':
    case 'function':
    case 'memory':
      break;
  }
  return `${tests.length === 0 ? 'Test it before it is returned' : 'One test is not enough'}: ${clamp}`;
}

/** For types whose ranges differ: nothing of how to get there. */
function plainHint({ made }: Origin, allowed: string): string | null {
  return made.kind === 'constant' ? `Return a value in ${allowed}.` : null;
}

/**
 * The line of the maker. Where that is the line at which the function ends, as it is for what the compiler moved there,
 * the last before it that has a line of its own.
 */
function originSource({ insn, through }: Origin, lineInfo: CauseCase['lineInfo']): SourceLine | null {
  const head = sourceLineOf(lineInfo, 0);
  const lines = [insn, ...through.toReversed()].map((at) => sourceLineOf(lineInfo, at));
  return lines.find((line) => line !== null && line.line !== head?.line) ?? lines[0] ?? null;
}
