// SPDX-License-Identifier: Apache-2.0
import { hostTarget } from '../../../target.js';

/** One repository line or stanza, as far as it matters to find a mirror. */
export interface SourceEntry {
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  /** Keyring path, fingerprints or an embedded key; null when apt's own trusted keys are used. */
  readonly signedBy: string | null;
}

/** Parses the one-line format of sources.list(5): `deb [options] uri suite components`. */
export function parseOneLine(text: string): SourceEntry[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (!match) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    if (!coversHost(/\barch=(\S+)/.exec(options)?.[1]?.split(','))) return [];
    return [{ uri, suite, components: words(components), signedBy: /\bsigned-by=(\S+)/.exec(options)?.[1] ?? null }];
  });
}

/** Fields by name in lower case, each value one line. */
export type Stanza = ReadonlyMap<string, string>;

/** Parses the deb822 format of sources.list(5). Stanzas with `Enabled: no` are left out. */
export function parseDeb822(text: string): SourceEntry[] {
  return deb822Stanzas(text).flatMap(entriesOf);
}

/** Of a field that is there twice the values are joined. */
export function deb822Stanzas(text: string): Stanza[] {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .join('\n')
    .split(/\n[ \t]*\n/)
    .map(fieldsOf);
}

function fieldsOf(stanza: string): Stanza {
  const fields = new Map<string, string>();
  let current = '';
  for (const line of stanza.split('\n')) {
    const match = /^([A-Za-z0-9-]+):(.*)$/.exec(line);
    if (match) current = (match[1] ?? '').toLowerCase();
    const value = match ? (match[2] ?? '') : line;
    if (current !== '') fields.set(current, `${fields.get(current) ?? ''} ${value.trim()}`.trim());
  }
  return fields;
}

function entriesOf(fields: Stanza): SourceEntry[] {
  const list = (name: string): string[] => words(fields.get(name) ?? '');
  const off = /^(no|false|0|off|without|disable)$/i.test(fields.get('enabled') ?? 'yes');
  const architectures = fields.has('architectures') ? list('architectures') : undefined;
  if (off || !list('types').includes('deb') || !coversHost(architectures)) return [];
  const signedBy = fields.get('signed-by') ?? null;
  return list('uris').flatMap((uri) =>
    list('suites').map((suite) => ({ uri, suite, components: list('components'), signedBy })),
  );
}

/** A mirror that the host takes its own packages from is taken to have those of the others, too. */
function coversHost(architectures: readonly string[] | undefined): boolean {
  return architectures === undefined || architectures.includes(hostTarget.debArchitecture);
}

function words(text: string): string[] {
  return text.split(/\s+/).filter((word) => word !== '');
}
