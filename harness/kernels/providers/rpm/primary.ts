// SPDX-License-Identifier: Apache-2.0
import { z } from 'zod';
import { checked, locationSchema, parseMetadata } from './repomd.js';
import { damaged } from './source-failure.js';

/** A package of a repository. */
export interface RpmPackage {
  readonly name: string;
  readonly architecture: string;
  /** `[EPOCH:]VERSION-RELEASE`; an epoch of 0 is left out. */
  readonly version: string;
  /** `VERSION-RELEASE.ARCH`, which is what `uname -r` says where it is a kernel's. */
  readonly release: string;
  /** Lower-case hex. */
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** Below the repository. */
  readonly href: string;
}

const word = z.string().regex(/^[A-Za-z0-9_.+~^-]{1,128}$/, 'a word of letters, digits and _.+~^-');
const number = z.string().regex(/^\d{1,15}$/, 'a number');

const packageSchema = z.object({
  package: z.object({
    '@type': z.literal('rpm'),
    name: word,
    arch: word,
    version: z.strictObject({ '@epoch': number, '@ver': word, '@rel': word }),
    checksum: z.object({ '#text': z.string().regex(/^[0-9a-f]{64}$/), '@type': z.literal('sha256') }),
    size: z.object({ '@package': number }),
    location: locationSchema,
  }),
});

/** Of one package, with all that it provides. */
const mostOfOne = 8 * 2 ** 20;
const [open, close, end] = ['<package ', '</package>', '</metadata>'];

/**
 * The packages of these names in an unpacked primary.xml. A list has 10 000 others, so that each package is cut out and only
 * those are parsed; that none is missing is known by the number that the list begins with.
 * @throws DownloadError for a list that is cut short, or is none.
 */
export function parsePrimary(data: Buffer, names: ReadonlySet<string>): readonly RpmPackage[] {
  const told = /<metadata\b[^>]*\bpackages="(\d{1,7})"/.exec(data.toString('latin1', 0, 4096))?.[1];
  if (told === undefined) throw damaged('primary.xml: does not begin with the number of its packages');
  const found: RpmPackage[] = [];
  let count = 0;
  let [at, after] = [data.indexOf(open), 0];
  while (at !== -1) {
    after = data.indexOf(close, at) + close.length;
    if (after < close.length) throw damaged(`primary.xml: package ${count + 1} of ${told} is cut short`);
    if (after - at > mostOfOne) throw damaged(`primary.xml: package ${count + 1} has more than ${mostOfOne} bytes`);
    const one = wanted(data.subarray(at, after), names);
    if (one !== null) found.push(one);
    count++;
    at = data.indexOf(open, after);
  }
  if (count !== Number(told)) throw damaged(`primary.xml: has ${count} packages and says ${told}`);
  if (!data.toString('latin1', after).trimEnd().endsWith(end)) throw damaged('primary.xml: is cut short at its end');
  return found;
}

function wanted(slice: Buffer, names: ReadonlySet<string>): RpmPackage | null {
  const name = /<name>([^<]*)<\/name>/.exec(slice.toString('latin1', 0, 512))?.[1];
  if (name === undefined || !names.has(name)) return null;
  const where = `primary.xml: ${name}`;
  const { package: found } = checked(packageSchema, parseMetadata(slice.toString('utf8'), where, 'package'), where);
  const { '@epoch': epoch, '@ver': version, '@rel': release } = found.version;
  if (found.name !== name) throw damaged(`${where}: has another name as well`);
  return {
    name,
    architecture: found.arch,
    version: `${Number(epoch) === 0 ? '' : `${epoch}:`}${version}-${release}`,
    release: `${version}-${release}.${found.arch}`,
    sha256: found.checksum['#text'],
    size: Number(found.size['@package']),
    href: found.location['@href'],
  };
}
