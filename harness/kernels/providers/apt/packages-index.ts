// SPDX-License-Identifier: Apache-2.0
import type { OfferedArtifact } from '../provider.js';

/** One entry of a Packages index: a kernel's or a keyring's. */
export interface IndexEntry extends Omit<OfferedArtifact, 'root'> {
  /** The Depends field, as written. */
  readonly depends: string;
}

/** Kernels, and the keyrings of archives; a main index has 60 000 others that need not be looked at. */
const interesting = /^Package: (linux-(?:image|binary|modules|base)-\S+|\S+-keyring)$/gm;

/**
 * The kernel and keyring packages of an uncompressed Packages index of apt.
 * @throws Error when an entry lacks a field that every index has.
 */
export function parsePackages(text: string): IndexEntry[] {
  return [...text.matchAll(interesting)].map((match) => {
    const end = text.indexOf('\n\n', match.index);
    const paragraph = text.slice(match.index, end < 0 ? text.length : end);
    const name = match[1] ?? '';
    const required = (field: string): string => {
      const value = fieldOf(paragraph, field);
      if (value === null) throw new Error(`package index: ${name} has no ${field} field`);
      return value;
    };
    return {
      package: name,
      version: required('Version'),
      architecture: required('Architecture'),
      sha256: required('SHA256').toLowerCase(),
      size: Number(required('Size')),
      depends: fieldOf(paragraph, 'Depends') ?? '',
    };
  });
}

function fieldOf(paragraph: string, field: string): string | null {
  return new RegExp(`^${field}: *(.*)$`, 'm').exec(paragraph)?.[1]?.trim() ?? null;
}
