// SPDX-License-Identifier: Apache-2.0
/** Characters of a line of somebody's output that a report has; a program need not end its lines. */
const longest = 2000;

export function shortLine(line: string): string {
  return line.length <= longest ? line : `${line.slice(0, longest)}...`;
}
