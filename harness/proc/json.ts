// SPDX-License-Identifier: Apache-2.0
/** What a text says as JSON; undefined, which no JSON is, where it says nothing. */
export function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Why a text is no JSON, for a person who has it open: `line 3, column 7: '}' after a comma`. Node's own message quotes the
 * bytes of the file, whatever they are, and names a place only for some faults.
 */
export function describeJsonFault(text: string): string {
  if (text.trim() === '') return 'it is empty';
  if (/[\0\ufffd]/.test(text)) return 'it is not text';
  const offset = faultOffset(text);
  const before = text.slice(0, offset).split('\n');
  const place = `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
  return `${place}: ${describeFaultAt(text, offset)}`;
}

function describeFaultAt(text: string, offset: number): string {
  if (offset >= text.length) return 'the file ends before the value does';
  const found = String.fromCodePoint(text.codePointAt(offset) ?? 0);
  if (found === '/') return 'JSON has no comments';
  if (/\s/.test(found)) return 'a line break or a blank is not expected here';
  if (/\p{C}/u.test(found)) return 'a control character';
  const afterComma = text.slice(0, offset).trimEnd().endsWith(',') && /[\]}]/.test(found);
  return afterComma ? `'${found}' after a comma` : `'${found}' is not expected here`;
}

/** The first character with which the text is the beginning of no JSON any more, found by halves. */
function faultOffset(text: string): number {
  let [good, bad] = [0, text.length + 1];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (mayGoOn(text.slice(0, middle))) good = middle;
    else bad = middle;
  }
  return good;
}

/** V8 finds fault with the end of a text that is merely cut short. */
function mayGoOn(start: string): boolean {
  try {
    JSON.parse(start);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined ? message.includes('end of JSON') : Number(position) >= start.length;
  }
}
