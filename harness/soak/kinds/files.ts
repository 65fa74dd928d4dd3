// SPDX-License-Identifier: Apache-2.0
import { open, readdir, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { healedOrInfra, type InjectedFault, type FaultKind, unharmed } from '../fault.js';
import { ownCopy, type Lab } from '../lab.js';
import { type Random, randomFrom } from '../random.js';

type Damage = (path: string) => Promise<void>;

async function flipBit(path: string, at: number, bit: number): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    if (size === 0) return;
    const place = Math.min(size - 1, Math.floor(size * at));
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, place);
    byte.writeUInt8(byte.readUInt8() ^ (1 << bit));
    await file.write(byte, 0, 1, place);
  } finally {
    await file.close();
  }
}

/** What becomes of a file's content, in words and as a deed. */
function contentDamage(random: Random): readonly [string, Damage] {
  const at = random.fraction();
  const bit = random.between(0, 7);
  const percent = `at ${Math.round(at * 100)} %`;
  return random.oneOf<readonly [string, Damage]>([
    [`cut ${percent}`, async (path) => truncate(path, Math.floor((await stat(path)).size * at))],
    [`cut to nothing`, (path) => truncate(path, 0)],
    [`bit ${bit} flipped ${percent}`, (path) => flipBit(path, at, bit)],
    [`bit ${bit} flipped ${percent}`, (path) => flipBit(path, at, bit)],
    [`longer by a byte`, (path) => writeFile(path, 'x', { flag: 'a' })],
    ['replaced by text', (path) => writeFile(path, '{"version":1}')],
    ['gone', (path) => rm(path)],
  ]);
}

/** Below a folder of the cache, in order; the names differ from host to host. */
async function filesBelow(folder: string): Promise<readonly string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/** Damages one file of a part of the cache, and runs. */
function damaged(
  part: string,
  pick: (files: readonly string[]) => string | undefined,
  random: Random,
): InjectedFault['inject'] {
  const [, damage] = contentDamage(random);
  return async (lab) => {
    const path = pick(await filesBelow(join(lab.cache, part)));
    if (path === undefined) throw new Error(`no file to damage in ${part}`);
    await ownCopy(path);
    await damage(path);
    return lab.start().ended;
  };
}

/** The same numbers once more: what is said is what is done. */
function describing(random: Random, part: string, name: string): { readonly what: string; readonly again: Random } {
  const numbers = Array.from({ length: 4 }, () => random.fraction());
  const replay = (): Random => {
    let next = 0;
    return randomFrom(() => numbers[next++ % numbers.length] ?? 0);
  };
  return { what: `${part}, ${name} ${contentDamage(replay())[0]}`, again: replay() };
}

function snapshot(random: Random): InjectedFault {
  const name = random.oneOf(['memory', 'memory', 'memory', 'about.json', 'console.log']);
  const { what, again } = describing(random, 'snapshot', name);
  const pick = (files: readonly string[]): string | undefined => files.find((path) => path.endsWith(`/${name}`));
  return { what, ends: unharmed, inject: damaged('snapshots', pick, again) };
}

function kernelEntry(random: Random): InjectedFault {
  const name = random.oneOf(['vmlinuz', 'vmlinuz', 'manifest.json', 'config', '.ko.xz']);
  const { what, again } = describing(random, 'kernel', name);
  // Every entry: which of them is the kernel's only the harness knows.
  const inject = async (lab: Lab): Promise<Awaited<ReturnType<InjectedFault['inject']>>> => {
    const [, damage] = contentDamage(again);
    for (const path of await filesBelow(join(lab.cache, 'kernels'))) {
      if (!path.endsWith(name)) continue;
      await ownCopy(path);
      await damage(path);
      if (name === '.ko.xz') break;
    }
    return lab.start().ended;
  };
  return { what, ends: healedOrInfra, inject };
}

function image(random: Random): InjectedFault {
  const part = random.oneOf(['images', 'images', 'btf']);
  const place = random.fraction();
  const { what, again } = describing(random, part, 'one file');
  const pick = (files: readonly string[]): string | undefined => files[Math.floor(place * files.length)];
  return { what, ends: unharmed, inject: damaged(part, pick, again) };
}

/** Whole parts that are gone, or lead elsewhere. */
function missing(random: Random): InjectedFault {
  const part = random.oneOf(['snapshots', 'images', 'btf', 'keyrings', 'runs', 'kernels']);
  const loops = random.between(0, 2) === 0;
  return {
    what: loops ? `${part} is a link to itself` : `${part} is gone`,
    ends: loops ? { codes: [0, 2, 3], passes: 'usual' } : healedOrInfra,
    inject: async (lab) => {
      const path = join(lab.cache, part);
      await rm(path, { recursive: true, force: true });
      if (loops) await symlink(part, path);
      return lab.start().ended;
    },
    undo: async (lab) => {
      if (loops) await rm(join(lab.cache, part), { recursive: true, force: true });
    },
  };
}

export const fileKinds: readonly FaultKind[] = [
  { name: 'snapshot', about: 'a frozen guest cut, flipped, replaced, gone', share: 14, choose: snapshot },
  { name: 'kernel', about: 'a kernel of the cache cut, flipped, replaced, gone', share: 10, choose: kernelEntry },
  {
    name: 'image',
    about: 'an initramfs or what is known of a BTF cut, flipped, replaced, gone',
    share: 8,
    choose: image,
  },
  { name: 'cache-part', about: 'a part of the cache gone, or a link to itself', share: 6, choose: missing },
];
