// SPDX-License-Identifier: Apache-2.0
/** What libbpf says after every failure, whatever the cause was. */
const hollow = [/^failed to load object /, /: failed to load: -\d+$/, /^-- (?:BEGIN|END) PROG LOAD LOG --$/];

/** The first of libbpf's warnings that names a cause; null when there is none. For people, never for a verdict. */
export function decisiveLibbpfMessage(warnings: readonly string[]): string | null {
  return warnings.find((line) => !hollow.some((pattern) => pattern.test(line))) ?? warnings[0] ?? null;
}
