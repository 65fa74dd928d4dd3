// SPDX-License-Identifier: Apache-2.0
import type { DialectWords, ReportDialect, ReportVocabulary } from '../../model/dialect.js';
import { describeJsonValue, jsonText } from '../../model/describe-value.js';
import type { RawEvent } from '../../model/scenario-evidence.js';
import { contractWord, isRecord, valueAt } from './words.js';

export interface TranslatedReport {
  readonly value: RawEvent;
  /** One sentence for each word that the dialect does not have, with its key. */
  readonly untranslated: readonly string[];
}

/** An agent's capability report in the words of its contract. `states`: words and the contract's states. */
export function translateReport(
  theirs: RawEvent,
  dialect: ReportDialect,
  vocabulary: ReportVocabulary,
  states: { readonly words: DialectWords; readonly known: readonly string[] },
): TranslatedReport {
  const untranslated: string[] = [];
  const value: Record<string, unknown> = { ...theirs };
  for (const field of vocabulary.fields) {
    const path = dialect.fields[field] ?? field;
    const own = valueAt(theirs, path);
    Reflect.deleteProperty(value, field);
    if (own === undefined) continue;
    if (field === vocabulary.hooksField) {
      value[field] = hooksOf(own, path, { dialect, vocabulary, untranslated });
      continue;
    }
    const isState = field === vocabulary.stateField;
    const words = isState ? states.words : (dialect.values[field] ?? {});
    const word = contractWord(words, own, isState ? states.known : null);
    const key = isState ? 'dialect.states' : `dialect.report.values.${field}`;
    if (word === undefined) untranslated.push(`${path} is ${describeJsonValue(own)}, which ${key} does not have`);
    value[field] = word ?? own;
  }
  return { value, untranslated };
}

interface Hooks {
  readonly dialect: ReportDialect;
  readonly vocabulary: ReportVocabulary;
  readonly untranslated: string[];
}

/** An object with a word for each hook, or a list of those that are attached. */
function hooksOf(own: unknown, path: string, { dialect, vocabulary, untranslated }: Hooks): unknown {
  const entries: readonly (readonly [string, unknown])[] | null = Array.isArray(own)
    ? own.map((name: unknown) => [jsonText(name), dialect.attached[0]] as const)
    : isRecord(own)
      ? Object.entries(own)
      : null;
  if (entries === null) return own;
  return Object.fromEntries(
    entries.map(([key, word]) => {
      const prefixed = key.startsWith(dialect.hookPrefix);
      if (!prefixed) {
        untranslated.push(
          `${path} has ${key}, which does not begin with dialect.report.hookPrefix ${dialect.hookPrefix}`,
        );
      }
      const hook = prefixed ? key.slice(dialect.hookPrefix.length) : key;
      return [`${vocabulary.hookPrefix}${hook}`, wordOf(word, `${path}.${key}`, { dialect, vocabulary, untranslated })];
    }),
  );
}

function wordOf(word: unknown, place: string, { dialect, vocabulary, untranslated }: Hooks): string {
  const among = (words: readonly unknown[]): boolean => words.includes(word);
  if (among(dialect.attached)) return vocabulary.attached;
  if (!among(dialect.detached)) {
    untranslated.push(
      `${place} is ${describeJsonValue(word)}, which neither dialect.report.attached nor .detached has`,
    );
  }
  return jsonText(word);
}
