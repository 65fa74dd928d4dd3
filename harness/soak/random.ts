// SPDX-License-Identifier: Apache-2.0

/** Numbers that follow from a seed, so that a fault can be injected once more. */
export interface Random {
  /** From 0, and less than 1. */
  readonly fraction: () => number;
  /** From `from` to `to`, both included, whole. */
  readonly between: (from: number, to: number) => number;
  readonly oneOf: <T>(choices: readonly [T, ...T[]]) => T;
}

/** Mulberry32 of a seed and the number of the fault. */
export function randomOf(seed: number, number: number): Random {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) >>> 0;
  const fraction = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return randomFrom(fraction);
}

/** The same of numbers that come from elsewhere. */
export function randomFrom(fraction: () => number): Random {
  const between = (from: number, to: number): number => from + Math.floor(fraction() * (to - from + 1));
  return { fraction, between, oneOf: (choices) => choices[between(0, choices.length - 1)] ?? choices[0] };
}
