// SPDX-License-Identifier: Apache-2.0
import type { EventFields, EventPattern, RawEvent } from './scenario-evidence.js';

/** Has an event all of these fields with these values. */
export function hasFields(event: RawEvent, fields: EventFields): boolean {
  return Object.entries(fields).every(([field, value]) => event[field] === value);
}

/** Says an event all that it must. */
export function fitsPattern(event: RawEvent, { always, anyOf }: EventPattern): boolean {
  return hasFields(event, always) && anyOf.some((fields) => hasFields(event, fields));
}
