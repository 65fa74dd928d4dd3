// SPDX-License-Identifier: Apache-2.0
import type { EventFields, EventPattern, RawEvent } from './scenario-evidence.js';

/** Where an event that was translated keeps the agent's own word for what it did; no agent has a field of this name. */
export const ownActionField = 'action in its own words';

/** The agent's own word for what it did, where its dialect has one; null where that is the contract's. */
export function ownActionOf(event: RawEvent): string | null {
  const own = event[ownActionField];
  return typeof own === 'string' || typeof own === 'number' || typeof own === 'boolean' ? String(own) : null;
}

/** Has an event all of these fields with these values. */
export function hasFields(event: RawEvent, fields: EventFields): boolean {
  return Object.entries(fields).every(([field, value]) => event[field] === value);
}

/** Says an event all that it must. */
export function fitsPattern(event: RawEvent, { always, anyOf }: EventPattern): boolean {
  return hasFields(event, always) && anyOf.some((fields) => hasFields(event, fields));
}
