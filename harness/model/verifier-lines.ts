// SPDX-License-Identifier: Apache-2.0
/** Closing statistics of a verifier log, and what libbpf frames it with: never the verdict. */
const closing = [
  /^processed \d+ insns? \(limit \d+\)/,
  /^verification time \d+ usec/,
  /^stack depth \d/,
  /^insns_verified \d/,
  // 7.2
  /^insns processed \d/,
  /^-- (?:BEGIN|END) PROG LOAD LOG --$/,
];

/** The kernel's listing, or libbpf's words in place of an instruction that it poisoned. */
export const instruction = /^(\d+): (?:\([0-9a-f]{2}\) |<invalid )/;
/** Newer kernels print this verdict on the line of the jump that closes the loop. */
export const endless = /(infinite loop detected at insn (\d+))/;
/** Lines that walk through the program: instructions, register states, source comments, branches, precision. */
const walking = [
  instruction,
  /^\d+: /,
  /^; /,
  /^;$/,
  /^from \d+ to \d+/,
  /^to \d+ from \d+/,
  /^(?:func#\d+|Func#\d+) /,
  /^Validating \w+\(\) func#\d+\.\.\.$/,
  /^(?:cur|old) state: /,
  /^(?:last_idx|first_idx|regs=|parent|mark_precise|propagating|safe$|returning from callee|caller:|to caller at|frame\d+:)/,
  /^ ?R\d+(?:_w|_r|_rw)?=/,
];

/** Is this line empty, or one of the statistics that end every log. */
export function isClosingVerifierLine(line: string): boolean {
  return line === '' || closing.some((pattern) => pattern.test(line));
}

/** Does this line only show where the verifier is on its way. */
export function isWalkingVerifierLine(line: string): boolean {
  return line !== '' && walking.some((pattern) => pattern.test(line));
}

/** A log without a verdict: empty, statistics alone, or a walk that ends without a word. */
export function isVerifierLogEmpty(log: string): boolean {
  return log
    .split('\n')
    .map((line) => line.trimEnd())
    .every((line) => (isClosingVerifierLine(line) || isWalkingVerifierLine(line)) && !endless.test(line));
}
