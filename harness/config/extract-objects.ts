// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { embeddedObjects } from './embedded-objects.js';

/** What one place of one file came to. `-` for name and hash where it cannot be loaded here; `note` says why. */
export interface Extracted {
  readonly name: string;
  readonly sha256: string;
  /** From the folder of all trees: PACKAGE/FILE. */
  readonly path: string;
  /** The byte where it begins, or that the same bytes have been met before. */
  readonly note: string;
}

/**
 * Copies each BPF object in any file below TREES/PACKAGE to OUT/NAME.bpf.o; the same bytes once. NAME begins with the
 * package's, and is the same for the same trees.
 */
export async function extractObjects(trees: string, out: string): Promise<readonly Extracted[]> {
  await mkdir(out, { recursive: true });
  const extracted: Extracted[] = [];
  const known = new Map<string, string>();
  const taken = new Set<string>();
  for (const tree of (await readdir(trees)).sort()) {
    for (const file of await plainFiles(join(trees, tree))) {
      const path = relative(trees, file);
      const { objects, others } = embeddedObjects(await readFile(file));
      extracted.push(...others.map((note) => ({ name: '-', sha256: '-', path, note })));
      for (const { offset, bytes } of objects) {
        const sha256 = createHash('sha256').update(bytes).digest('hex');
        const earlier = known.get(sha256);
        const name = earlier ?? freeName(taken, `${tree}-${basename(file).replace(/(\.bpf)?\.(o|elf|bpf|so.*)$/, '')}`);
        extracted.push({ name, sha256, path, note: earlier === undefined ? `byte ${offset}` : 'once more' });
        if (earlier === undefined) await writeFile(join(out, `${name}.bpf.o`), bytes);
        known.set(sha256, name);
      }
    }
  }
  return extracted;
}

/** In an order that is the same everywhere; no links. */
async function plainFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

function freeName(taken: Set<string>, wish: string): string {
  const plain = wish.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 56);
  let name = plain;
  for (let next = 2; taken.has(name); next++) name = `${plain}-${next}`;
  taken.add(name);
  return name;
}
