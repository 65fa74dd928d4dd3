// SPDX-License-Identifier: Apache-2.0

/** Objects and lists in each other: what any agent says is far flatter, and whoever reads more deeply runs out of stack. */
const deepest = 100;

/** Like JSON.parse(), of text that an agent has written. Throws SyntaxError, also for what is nested too deeply. */
export function parseShallowJson(text: string): unknown {
  if (isDeep(text)) throw new SyntaxError(`nested more than ${deepest} times`);
  return JSON.parse(text);
}

/** Do brackets outside of strings go deeper than that? Of text that is no JSON anything: JSON.parse() refuses it. */
function isDeep(text: string): boolean {
  let depth = 0;
  let isString = false;
  for (let at = 0; at < text.length && depth <= deepest; at++) {
    const letter = text[at];
    if (isString) {
      if (letter === '\\') at++;
      else if (letter === '"') isString = false;
    } else if (letter === '"') isString = true;
    else if (letter === '[' || letter === '{') depth++;
    else if (letter === ']' || letter === '}') depth--;
  }
  return depth > deepest;
}
