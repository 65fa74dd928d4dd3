// SPDX-License-Identifier: Apache-2.0
import type { Dialect, DialectVocabulary } from '../../model/dialect.js';
import { parseAgentJson } from '../../model/agent-json.js';
import { describeFields, jsonText } from '../../model/describe-value.js';
import type { EventFields, EventPattern, RawEvent } from '../../model/scenario-evidence.js';
import type { EventLines, EventReader } from '../contract.js';
import { translateEvent } from './translate-event.js';
import { agentWords, isRecord } from './words.js';

/** Characters of a line that a finding shows. */
const shown = 300;

/** Reads the events of an agent with a dialect as those of its contract; everything after that knows the contract alone. */
export function dialectEvents(reader: EventReader, dialect: Dialect, vocabulary: DialectVocabulary): EventReader {
  const lacks = new Set(dialect.events.lacks);
  return {
    ...reader,
    read: (lines) => readTranslated(lines, { reader, dialect, vocabulary }),
    pattern: (expected, inode) => {
      const pattern = reader.pattern(expected, inode);
      return pattern === null ? null : patternWithout(pattern, lacks);
    },
    announcements: (state) =>
      agentWords(dialect.states, state).flatMap((word) => {
        const key = lastKey(dialect.events.fields[vocabulary.stateField] ?? vocabulary.stateField);
        // As most writers of JSON put it, and as Python's does.
        return [`"${key}":${JSON.stringify(word)}`, `"${key}": ${JSON.stringify(word)}`];
      }),
  };
}

function lastKey(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1);
}

interface Reading {
  readonly reader: EventReader;
  readonly dialect: Dialect;
  readonly vocabulary: DialectVocabulary;
}

function readTranslated(lines: readonly string[], reading: Reading): EventLines {
  const events: RawEvent[] = [];
  const bad: string[] = [];
  const { text } = reading.dialect.events;
  for (const line of lines) {
    const value = jsonOf(line);
    if (!isRecord(value)) {
      if (text.some((pattern) => pattern.test(line))) continue;
      bad.push(`not a JSON object, and not in dialect.events.text: ${line.slice(0, shown)}`);
      continue;
    }
    const translated = translateEvent(value, reading.dialect, reading.vocabulary);
    if (translated === null) continue;
    const event = { ...reading.reader.implied(translated.event), ...translated.event };
    events.push(event);
    const faults = translated.untranslated.length > 0 ? translated.untranslated : faultsOf(event, reading);
    if (faults.length > 0) bad.push(`${faults.join('; ')} (${describeFields(flattened(value))})`);
  }
  return { events, bad };
}

/** What the contract says of it, were those fields there that the agent does not have. */
function faultsOf(event: RawEvent, { reader, dialect, vocabulary }: Reading): readonly string[] {
  const { lacks, fields } = dialect.events;
  const stands = Object.fromEntries(lacks.map((field) => [field, vocabulary.eventFields[field]]));
  const assumed = vocabulary.assumed[jsonText(event['type'])] ?? {};
  const standing = { ...stands, ...assumed, ...event };
  const { bad } = reader.read([JSON.stringify(standing)]);
  // The agent's own line says more than what was made of it.
  const faults = bad.map((fault) => fault.replace(` (${describeFields(standing)})`, ''));
  if (faults.length === 0) return [];
  const named = Object.entries(fields).filter(([field]) => faults.some((fault) => fault.includes(field)));
  return [...faults, ...named.map(([field, path]) => `dialect.events.fields.${field} is ${path}`)];
}

/** With dotted paths in place of objects, as `fields` names them. */
function flattened(value: RawEvent): RawEvent {
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) =>
      isRecord(inner)
        ? Object.entries(flattened(inner)).map(([path, leaf]) => [`${key}.${path}`, leaf] as const)
        : [[key, inner] as const],
    ),
  );
}

function jsonOf(line: string): unknown {
  try {
    return parseAgentJson(line);
  } catch {
    return null;
  }
}

/** Of the alternatives, those that lose least by what the agent does not have: a path is as good as an inode. */
function patternWithout({ always, anyOf }: EventPattern, lacks: ReadonlySet<string>): EventPattern {
  const lost = anyOf.map((fields) => Object.keys(fields).filter((field) => lacks.has(field)).length);
  const least = Math.min(...lost);
  return {
    always: fieldsWithout(always, lacks),
    anyOf: anyOf.filter((_, index) => lost[index] === least).map((fields) => fieldsWithout(fields, lacks)),
  };
}

function fieldsWithout(fields: EventFields, lacks: ReadonlySet<string>): EventFields {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => !lacks.has(field)));
}
