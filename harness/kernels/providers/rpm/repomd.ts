// SPDX-License-Identifier: Apache-2.0
import { XMLParser } from 'fast-xml-parser';
import { z } from 'zod';
import { damaged } from './source-failure.js';

const sha256 = z.strictObject({
  '#text': z.string().regex(/^[0-9a-f]{64}$/, '64 lower-case hex digits'),
  '@type': z.literal('sha256'),
});
const bytes = z
  .string()
  .regex(/^\d{1,15}$/, 'a number of bytes')
  .transform(Number);

/** A file below the repository, and nowhere else: no scheme, no `..`, nothing that a URL would read otherwise. */
export const locationSchema = z.strictObject({
  '@href': z.string().regex(/^(?!.*\.\.)[A-Za-z0-9_][A-Za-z0-9_.+~^/-]*$/, 'a path below the repository'),
});

const dataSchema = z.object({
  '@type': z.literal('primary'),
  checksum: sha256,
  'open-checksum': sha256.optional(),
  location: locationSchema,
  timestamp: z
    .string()
    .regex(/^\d{1,11}(\.\d+)?$/, 'seconds since 1970')
    .transform(Number),
  size: bytes,
  'open-size': bytes.optional(),
});

const repomdSchema = z.object({
  repomd: z.object({ data: z.array(z.looseObject({ '@type': z.string() })) }),
});

/** What repomd.xml says of the list of packages. */
export interface PrimaryFile {
  readonly href: string;
  readonly sha256: string;
  /** Bytes. */
  readonly size: number;
  /** When it was made, in seconds since 1970. */
  readonly timestamp: number;
  /** Of what it unpacks to, where that is said. */
  readonly open: { readonly sha256: string | null; readonly size: number | null };
}

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  parseAttributeValue: false,
  parseTagValue: false,
  processEntities: false,
  isArray: (_tag, path) => path === 'repomd.data',
});

/**
 * Reads XML without a document type, to its last tag; the entities stay as they are written. The parser takes what is not
 * well formed as it comes: who reads the result looks at each field.
 * @throws DownloadError
 */
export function parseMetadata(text: string, name: string, root: string): unknown {
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) throw damaged(`${name}: has a document type`);
  if (!text.trimEnd().endsWith(`</${root}>`)) throw damaged(`${name}: is cut short, or no <${root}>`);
  return parser.parse(text);
}

/** @throws DownloadError naming what is wrong with the file. */
export function parseRepomd(text: string): PrimaryFile {
  const all = checked(repomdSchema, parseMetadata(text, 'repomd.xml', 'repomd'), 'repomd.xml').repomd.data;
  const found = all.filter((data) => data['@type'] === 'primary');
  if (found.length !== 1) throw damaged(`repomd.xml: names ${found.length} lists of packages (primary)`);
  const data = checked(dataSchema, found[0], 'repomd.xml: primary');
  return {
    href: data.location['@href'],
    sha256: data.checksum['#text'],
    size: data.size,
    timestamp: data.timestamp,
    open: { sha256: data['open-checksum']?.['#text'] ?? null, size: data['open-size'] ?? null },
  };
}

/** @throws DownloadError with the first place that does not fit. */
export function checked<S extends z.ZodType>(schema: S, value: unknown, name: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw damaged(`${name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
}
