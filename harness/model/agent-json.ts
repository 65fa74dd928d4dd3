// SPDX-License-Identifier: Apache-2.0
/** Objects and lists inside of each other; no report or event of an agent comes near it. */
const deepest = 64;

/**
 * What an agent wrote as JSON. Throws SyntaxError for what is none, and for what is nested so deep that whatever walks
 * it afterwards would run out of stack: an agent must not break more than its own checks.
 */
export function parseAgentJson(text: string): unknown {
  if (isTooDeep(text)) throw new SyntaxError(`it is nested more than ${deepest} deep`);
  return JSON.parse(text) as unknown;
}

/** Counts brackets, those in texts left out. One pass, whatever the text is: a pattern could be made to take a day. */
function isTooDeep(text: string): boolean {
  let depth = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '\\' && quoted) at++;
    else if (char === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (char === '[' || char === '{') depth++;
    else if (char === ']' || char === '}') depth--;
    if (depth > deepest) return true;
  }
  return false;
}
