// SPDX-License-Identifier: Apache-2.0
import { UsageError } from '../model/errors.js';

type Fields = Readonly<Record<string, unknown>>;

/**
 * Takes keys of matrix.config.json by the names they had before: `subject` for `agent`, and in it `seams` for
 * `overrides`. One notice lists them.
 * @throws UsageError for a file that has a key by both names.
 */
export function renamedKeys(
  file: string,
  value: unknown,
): { readonly value: unknown; readonly notices: readonly string[] } {
  if (!isObject(value)) return { value, notices: [] };
  const found: string[] = [];
  const rename = (of: Fields, before: string, now: string): Fields => {
    if (!Object.hasOwn(of, before)) return of;
    if (Object.hasOwn(of, now)) {
      throw new UsageError({
        message: `${file}: '${before}' is the old name of '${now}', and both are there`,
        next: `leave '${before}' out`,
      });
    }
    found.push(`'${before}' is now called '${now}'`);
    return Object.fromEntries(Object.entries(of).map(([key, one]) => [key === before ? now : key, one]));
  };
  const whole = rename(value, 'subject', 'agent');
  const { agent } = whole;
  const renamed = isObject(agent) ? { ...whole, agent: rename(agent, 'seams', 'overrides') } : whole;
  const notices = found.length === 0 ? [] : [`${file}: ${found.join(', and ')}; the old names are still read`];
  return { value: renamed, notices };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
