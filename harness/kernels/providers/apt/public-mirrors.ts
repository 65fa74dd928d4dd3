// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Catalog } from '../../catalog.js';
import { type Target, targetNamed } from '../../../target.js';
import { families } from '../../families.js';
import type { AptFamily } from './family.js';
import type { Mirror } from './host-mirrors.js';
import { deb822Stanzas, type Stanza } from './sources-parse.js';

/** Who asks. */
export interface MirrorPlace {
  /** Two capital letters; null where the locale does not say. */
  readonly country: string | null;
  /** The host's own architecture. */
  readonly host: Target;
}

/** Of one kind; more than that would keep a host without network waiting. */
const most = 3;

/**
 * Public live mirrors of a family that are none of `known`, at most three: the main archive and those of the country as
 * python-apt's template has them, where that is installed, then those of the catalog.
 */
export async function publicMirrors(
  family: AptFamily,
  catalog: Catalog,
  { country, host }: MirrorPlace,
  known: readonly string[],
): Promise<Mirror[]> {
  const { mirrors, mirrorTemplate } = catalog.families[family];
  const all = [
    ...(mirrorTemplate === null ? [] : await templateMirrors(mirrorTemplate, country, mirroredTarget(family, host))),
    ...mirrors,
  ];
  const seen = new Set(known.map(sameArchive));
  const fresh = all.filter(({ archive }) => {
    const name = sameArchive(archive);
    return !seen.has(name) && seen.add(name);
  });
  return fresh.slice(0, most);
}

/** Whose packages are looked for: kernels of the host's architecture, or the first that the family has any of. */
function mirroredTarget(family: AptFamily, host: Target): Target {
  const { architectures } = families[family];
  const own = architectures.find((name) => name === host.name) ?? architectures[0];
  return targetNamed(own) ?? host;
}

/** An archive is the same one by http and by https, with a slash at its end or without. */
function sameArchive(uri: string): string {
  return uri.replace(/^https?:/, '').replace(/\/+$/, '');
}

/** Templates of python-apt: `Debian.info` has a stanza a suite, and the list of mirrors lies beside it. */
async function templateMirrors(path: string, country: string | null, target: Target): Promise<Mirror[]> {
  const stanzas = deb822Stanzas(await readFile(path, 'utf8').catch(() => ''));
  const main = stanzas.find((stanza) => ofTarget(stanza, 'mirrorsfile', target) !== undefined);
  const archive = main && ofTarget(main, 'baseuri', target);
  if (main === undefined || archive === undefined) return [];
  const isSecurity = (stanza: Stanza): boolean => /-security$/.test(stanza.get('suite') ?? '');
  const beside = stanzas.filter(isSecurity).map((stanza) => ofTarget(stanza, 'baseuri', target));
  const security = beside.find((uri) => uri !== undefined) ?? archive;
  const list = await readFile(join(dirname(path), ofTarget(main, 'mirrorsfile', target) ?? ''), 'utf8').catch(() => '');
  return [archive, ...ofCountry(list, country)].map((uri) => ({ archive: slashed(uri), security: slashed(security) }));
}

/** `BaseURI-amd64` says more than `BaseURI`. */
function ofTarget(stanza: Stanza, field: string, { debArchitecture }: Target): string | undefined {
  return stanza.get(`${field}-${debArchitecture}`) ?? stanza.get(field);
}

/** The first two of the section `#LOC:DE`: every host of the country would ask them all. */
function ofCountry(list: string, country: string | null): string[] {
  if (country === null) return [];
  const [, section = ''] = new RegExp(`^#LOC:${country}\\n((?:[^#].*\\n?)*)`, 'm').exec(list) ?? [];
  return section
    .split('\n')
    .filter((line) => /^https?:\/\//.test(line))
    .slice(0, 2);
}

function slashed(uri: string): string {
  return uri.replace(/\/*$/, '/');
}
