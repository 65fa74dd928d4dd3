// SPDX-License-Identifier: Apache-2.0
import { assertNever } from '../model/assert-never.js';
import { fields, kinds, type FieldName, type Kind } from './protocol.js';
import {
  decodeNumber,
  decodeString,
  encodeField,
  encodeNumber,
  splitFields,
  WireError,
  type RawField,
} from './wire.js';

/** How often a field occurs, and for a record what is in it. */
export interface Part {
  readonly often: 'one' | 'optional' | 'many';
  readonly shape?: Shape;
}

/** What a message consists of: field names with how often each occurs. */
export type Shape = { readonly [Name in FieldName]?: Part };

export const one = { often: 'one' } as const;
export const optional = { often: 'optional' } as const;
export const many = { often: 'many' } as const;

/** Any number of records of one shape. */
export function manyRecords<const S extends Shape>(shape: S): { readonly often: 'many'; readonly shape: S } {
  return { often: 'many', shape };
}

type Scalar<K extends Kind> = K extends 'u64' ? number : K extends 'string' ? string : Uint8Array;
type Item<Name, P> = P extends { readonly shape: infer S extends Shape }
  ? Message<S>
  : Name extends FieldName
    ? Scalar<(typeof fields)[Name]['kind']>
    : never;
type Value<Name, P> = P extends { readonly often: 'one' }
  ? Item<Name, P>
  : P extends { readonly often: 'many' }
    ? readonly Item<Name, P>[]
    : Item<Name, P> | undefined;

/** The value of a shape. An optional field is undefined when it is not there. */
export type Message<S extends Shape> = { readonly [Name in keyof S]: Value<Name, S[Name]> };

type Loose = Readonly<Record<string, unknown>>;

/** The payload of a message. Lists become repeated fields; undefined is left out. */
export function encodeMessage<S extends Shape>(shape: S, message: Message<S>): Uint8Array {
  const encoded: Uint8Array[] = [];
  for (const [name, part] of partsOf(shape)) {
    const value = (message as Loose)[name];
    const items = part.often === 'many' ? (value as readonly unknown[]) : value === undefined ? [] : [value];
    for (const item of items) encoded.push(encodeItem(name, part, item));
  }
  return Buffer.concat(encoded);
}

function encodeItem(name: FieldName, part: Part, item: unknown): Uint8Array {
  const { id, kind } = fields[name];
  return encodeField(id, kinds[kind], encodeData(kind, part, item));
}

function encodeData(kind: Kind, part: Part, item: unknown): Uint8Array {
  switch (kind) {
    case 'u64':
      return encodeNumber(item as number);
    case 'string': {
      const text = item as string;
      if (text.includes('\0')) throw new WireError(`a string with NUL: ${JSON.stringify(text)}`);
      return Buffer.from(text, 'utf8');
    }
    case 'bytes':
      return item as Uint8Array;
    case 'record':
      return encodeMessage(part.shape ?? {}, item as Message<Shape>);
    default:
      return assertNever(kind);
  }
}

const namesById = new Map<number, FieldName>(
  (Object.keys(fields) as FieldName[]).map((name) => [fields[name].id, name]),
);

/** Reads a payload of this shape. Throws WireError on an unknown, missing, repeated or misshapen field. */
export function decodeMessage<S extends Shape>(shape: S, payload: Uint8Array): Message<S> {
  const message: Record<string, unknown> = {};
  for (const [name, part] of partsOf(shape)) if (part.often === 'many') message[name] = [];
  for (const field of splitFields(payload)) {
    const name = namesById.get(field.id);
    const part = name === undefined ? undefined : shape[name];
    if (name === undefined || part === undefined) throw new WireError(`unknown field ${name ?? field.id}`);
    const value = decodeItem(name, part, field);
    if (part.often === 'many') (message[name] as unknown[]).push(value);
    else if (name in message) throw new WireError(`field ${name} is repeated`);
    else message[name] = value;
  }
  const missing = partsOf(shape).find(([name, part]) => part.often === 'one' && !(name in message));
  if (missing) throw new WireError(`field ${missing[0]} is missing`);
  return message as Message<S>;
}

function partsOf(shape: Shape): [FieldName, Part][] {
  return Object.entries(shape) as [FieldName, Part][];
}

function decodeItem(name: FieldName, part: Part, field: RawField): unknown {
  const { kind } = fields[name];
  if (field.kind !== kinds[kind]) throw new WireError(`field ${name} has kind ${field.kind}, not ${kinds[kind]}`);
  switch (kind) {
    case 'u64':
      return decodeNumber(field.data);
    case 'string':
      return decodeString(field.data);
    case 'bytes':
      return field.data;
    case 'record':
      return decodeMessage(part.shape ?? {}, field.data);
    default:
      return assertNever(kind);
  }
}
