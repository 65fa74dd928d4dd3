// SPDX-License-Identifier: Apache-2.0
/** 0 without any. */
export const sumOf = (numbers: readonly number[]): number => numbers.reduce((sum, one) => sum + one, 0);
