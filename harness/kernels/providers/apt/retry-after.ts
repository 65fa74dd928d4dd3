// SPDX-License-Identifier: Apache-2.0

/**
 * The seconds that a server asks its callers to wait (RFC 9110, 10.2.3: a number, or a date), out of the answers as
 * apt's Debug::Acquire::http prints them: of the last one with this status. Null where it does not say.
 * @param now milliseconds since 1970.
 */
export function retryAfterOf(debug: string, status: number, now: number): number | null {
  const [answer] = debug
    .split(/^Answer for: /m)
    .slice(1)
    .map((text) => text.slice(0, /\n\s*\n/.exec(text)?.index ?? text.length))
    .filter((text) => new RegExp(`^HTTP/[\\d.]+ ${status}\\b`, 'm').test(text))
    .slice(-1);
  const value = /^retry-after:[ \t]*(.+?)\s*$/im.exec(answer ?? '')?.[1];
  if (value === undefined) return null;
  if (/^\d+$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}
