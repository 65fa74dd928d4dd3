// SPDX-License-Identifier: Apache-2.0
/** Closes a union: the compiler refuses the call while a case is unhandled. */
export function assertNever(value: never): never {
  throw new Error(`unhandled case: ${JSON.stringify(value)}`);
}
