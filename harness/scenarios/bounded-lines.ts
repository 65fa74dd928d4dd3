// SPDX-License-Identifier: Apache-2.0
/** Lines of an output that are looked at; those in the middle are left out where there are more. */
const linesOfEachEnd = 50_000;

/**
 * The lines of an output that are finished, or both ends of them with a line between that says how many bytes were left
 * out: there may be millions, so no more are made than are kept.
 */
export function boundedLines(text: string): readonly string[] {
  const whole = text.lastIndexOf('\n');
  if (whole < 0) return [];
  const headEnd = nthNewline(text, linesOfEachEnd);
  if (headEnd < 0 || headEnd >= whole) return text.slice(0, whole).split('\n');
  const tailStart = Math.max(headEnd, nthNewlineFromEnd(text, whole, linesOfEachEnd));
  const left = tailStart - headEnd;
  const note = left === 0 ? [] : [`[${left} bytes left out]`];
  return [...text.slice(0, headEnd).split('\n'), ...note, ...text.slice(tailStart + 1, whole).split('\n')];
}

/** -1: there are not so many. */
function nthNewline(text: string, count: number): number {
  let at = -1;
  for (let found = 0; found < count; found++) {
    at = text.indexOf('\n', at + 1);
    if (at < 0) return -1;
  }
  return at;
}

/** Of those before `end`; -1: there are not so many. */
function nthNewlineFromEnd(text: string, end: number, count: number): number {
  let at = end;
  for (let found = 0; found < count && at > 0; found++) at = text.lastIndexOf('\n', at - 1);
  return at;
}
