// SPDX-License-Identifier: Apache-2.0
import type { DialectForm, DialectWord, DialectWords } from '../../model/dialect.js';
import type { RawEvent } from '../../model/scenario-evidence.js';

/** What stands at a dotted path: of `process.pid` the field `pid` of the object `process`. A name with dots in it comes first. */
export function valueAt(value: RawEvent, path: string): unknown {
  if (Object.hasOwn(value, path)) return value[path];
  const dot = path.indexOf('.');
  if (dot < 0) return undefined;
  const inner = value[path.slice(0, dot)];
  return isRecord(inner) ? valueAt(inner, path.slice(dot + 1)) : undefined;
}

export function isRecord(value: unknown): value is RawEvent {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function hasForm(value: RawEvent, form: DialectForm): boolean {
  return Object.entries(form).every(([path, word]) => valueAt(value, path) === word);
}

/**
 * The contract's word for one of the agent's; undefined for one that the dialect has not. A word that the agent has others
 * for is none of its own; any other word that stands in `known`, or of which nothing is known, stays as it is.
 */
export function contractWord(words: DialectWords, theirs: unknown, known: readonly string[] | null): unknown {
  const found = Object.entries(words).find(([, own]) => own.includes(theirs as DialectWord))?.[0];
  if (found !== undefined) return found === 'true' ? true : found === 'false' ? false : found;
  // What an agent writes may be no word at all.
  const word = isRecord(theirs) || Array.isArray(theirs) ? null : String(theirs);
  if (word === null) return known === null ? theirs : undefined;
  if (Object.hasOwn(words, word)) return undefined;
  return known === null || known.includes(word) ? theirs : undefined;
}

/** The agent's words for one of the contract. */
export function agentWords(words: DialectWords, ours: string): readonly DialectWord[] {
  return (Object.hasOwn(words, ours) ? words[ours] : undefined) ?? [ours];
}
