// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../model/errors.js';
import { nearestNames } from '../model/near-names.js';

/** Names that a message has room for. */
const named = 12;

/** The error for a name that an object does not have, with those that are near, or all. */
export function absentName(place: string, message: string, wanted: string, names: readonly string[]): UsageError {
  const near = nearestNames(wanted.replaceAll(/[*?]/g, ''), names);
  const listed = names.length === 0 ? 'it has none' : `it has ${names.slice(0, named).join(', ')}`;
  return new UsageError({
    message: `${place}: ${message}`,
    next: near.length > 0 ? `did you mean ${near.join(' or ')}?` : listed,
  });
}
