// SPDX-License-Identifier: Apache-2.0
import type { DialectVocabulary, EventDialect, Dialect } from '../../model/dialect.js';
import { describeJsonValue } from '../../model/describe-value.js';
import type { RawEvent } from '../../model/scenario-evidence.js';
import { ownActionField } from '../../model/event-fields.js';
import { contractWord, hasForm, valueAt } from './words.js';

/** One event in the contract's words, and what in it has none: one sentence each, with the key of the dialect. */
export interface TranslatedEvent {
  readonly event: RawEvent;
  readonly untranslated: readonly string[];
}

/** Null for an event of the agent's own business. */
export function translateEvent(
  theirs: RawEvent,
  { events, states }: Dialect,
  vocabulary: DialectVocabulary,
): TranslatedEvent | null {
  if (events.ignore.some((form) => hasForm(theirs, form))) return null;
  const type = typeOf(theirs, events, vocabulary);
  const untranslated = type === null ? [untypedSentence(theirs, events)] : [];
  const event: Record<string, unknown> = { ...theirs };
  for (const field of Object.keys(vocabulary.eventFields)) {
    const { value, wrong } = fieldOf(theirs, field, { events, states, vocabulary });
    if (wrong !== null) untranslated.push(wrong);
    if (value === undefined) Reflect.deleteProperty(event, field);
    else event[field] = value;
  }
  const own = valueAt(theirs, events.fields['action'] ?? 'action');
  return {
    event: {
      ...event,
      ...(type === null ? {} : { type }),
      ...(own === undefined || own === event['action'] ? {} : { [ownActionField]: own }),
    },
    untranslated,
  };
}

/** The contract's type; the form with most fields wins. */
function typeOf(theirs: RawEvent, { types, fields }: EventDialect, vocabulary: DialectVocabulary): string | null {
  const fitting = Object.entries(types)
    .flatMap(([type, forms]) => forms.map((form) => ({ type, form })))
    .filter(({ form }) => hasForm(theirs, form))
    .sort((a, b) => Object.keys(b.form).length - Object.keys(a.form).length);
  if (fitting[0] !== undefined) return fitting[0].type;
  const own = valueAt(theirs, fields['type'] ?? 'type');
  const plain = vocabulary.types.find((type) => type === own);
  // A type that the agent spells otherwise is none of its own.
  return plain === undefined || Object.hasOwn(types, plain) ? null : plain;
}

function untypedSentence(theirs: RawEvent, { fields }: EventDialect): string {
  const path = fields['type'] ?? 'type';
  return `${path} is ${describeJsonValue(valueAt(theirs, path))}, which dialect.events.types does not have (nor dialect.events.ignore)`;
}

interface Speech extends Pick<Dialect, 'events' | 'states'> {
  readonly vocabulary: DialectVocabulary;
}

function fieldOf(
  theirs: RawEvent,
  field: string,
  { events, states, vocabulary }: Speech,
): { readonly value: unknown; readonly wrong: string | null } {
  const path = events.fields[field] ?? field;
  const own = valueAt(theirs, path);
  if (own === undefined) return { value: undefined, wrong: null };
  const isState = field === vocabulary.stateField;
  const words = isState ? states : (events.values[field] ?? {});
  const value = contractWord(words, own, isState ? vocabulary.states : null);
  if (value !== undefined) return { value, wrong: null };
  const key = isState ? 'dialect.states' : `dialect.events.values.${field}`;
  // As it came: nobody takes it for a word of the contract.
  return { value: own, wrong: `${path} is ${describeJsonValue(own)}, which ${key} does not have` };
}
