// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type Archive, archivesOf, findKeyring } from './archives.js';
import { downloadVerified } from './download.js';
import { hashBytes } from '../../cache/hash.js';
import { addEntry, listEntries, lookUpEntry } from '../../cache/store.js';
import type { KernelContext } from '../../context.js';
import { compareDebVersions } from './deb-version.js';
import type { IndexEntry } from './packages-index.js';
import { ToolMissingError } from '../../tool.js';
import { archiveSetting, families } from '../../families.js';
import { asksPublic, passedOverNote } from '../../settings.js';
import { ArtifactError, DownloadError } from '../provider.js';
import type { AptFamily } from './family.js';
import { unpackDebs } from './unpack.js';
import { hostTarget } from '../../../target.js';
import { sharedTry } from '../../shared-try.js';

/**
 * The keyring that an archive family is checked with: the host's; or, where the host has none, the one that another
 * family's archive has as a package, which the host's keyring of that family vouches for. Debian 12 has no package of
 * Ubuntu's keyring to install, so that there is no other way there.
 * @throws ToolMissingError naming the package when there is neither.
 */
export function familyKeyring(
  family: AptFamily,
  context: KernelContext,
  onNotice: (text: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  return sharedTry(context.keyringMemo, family, () => findOrFetch(family, context, onNotice, signal), signal);
}

async function findOrFetch(
  family: AptFamily,
  context: KernelContext,
  onNotice: (text: string) => void,
  signal?: AbortSignal,
): Promise<string> {
  const { catalog, settings } = context;
  const installed = await findKeyring(family, catalog, settings);
  if (installed !== null) return installed;
  const { keyrings, keyringPackage } = catalog.families[family];
  const configured = settings[archiveSetting(family, 'Keyring')];
  const tried = (configured === undefined ? keyrings : [configured]).map((path) => `${path}: not there`);
  const missing = new ToolMissingError(`the ${family} archive keyring`, keyringPackage, tried);
  if (configured !== undefined) throw missing;
  const known = (await fromCache(family, context)) ?? (await fromOtherFamily(family, context, signal));
  if (known === null) {
    const other = `${keyringPackage} in the ${families[family].keyringFrom} archive: not to be had${asksPublic(settings) ? '' : `; public ones: ${passedOverNote}`}`;
    throw new ToolMissingError(missing.tool, keyringPackage, [...tried, other]);
  }
  onNotice(`no ${family} archive keyring on this host; using the one of ${known.origin}`);
  return known.path;
}

interface FoundKeyring {
  readonly path: string;
  /** `ubuntu-keyring 2023.11.28.1-0.2 of debian`. */
  readonly origin: string;
}

async function fromCache(family: AptFamily, context: KernelContext): Promise<FoundKeyring | null> {
  const { keyringPackage } = context.catalog.families[family];
  for (const { key, about } of await listEntries(context.keyrings)) {
    if (typeof about !== 'string' || !about.startsWith(`${keyringPackage} `)) continue;
    const found = await lookUpEntry(context.keyrings, key);
    if (found.kind === 'hit') return { path: join(found.entry.folder, 'keyring.gpg'), origin: about };
  }
  return null;
}

async function fromOtherFamily(
  family: AptFamily,
  context: KernelContext,
  signal?: AbortSignal,
): Promise<FoundKeyring | null> {
  const other: AptFamily = families[family].keyringFrom;
  const anchor = await findKeyring(other, context.catalog, context.settings);
  if (anchor === null) return null;
  const { keyringOffer, keyringPackage } = context.catalog.families[family];
  const { asked } = await archivesOf(other, context.catalog, context.settings);
  for (const archive of asked) {
    for (const suite of keyringOffer.suites) {
      const keys = { target: hostTarget, keyring: anchor, components: keyringOffer.components };
      const read = await context.indexes.read(archive, suite, keys, signal);
      const best = read.ok ? newest(read.entries, keyringPackage) : undefined;
      const found = read.ok && best ? await fetchKeyring(family, context, read.root, best, archive, signal) : null;
      if (found) return found;
    }
  }
  return null;
}

function newest(entries: readonly IndexEntry[], name: string): IndexEntry | undefined {
  return entries.filter((entry) => entry.package === name).sort((a, b) => compareDebVersions(b.version, a.version))[0];
}

async function fetchKeyring(
  family: AptFamily,
  context: KernelContext,
  root: string,
  entry: IndexEntry,
  archive: Archive,
  signal?: AbortSignal,
): Promise<FoundKeyring | null> {
  const origin = `${entry.package} ${entry.version} of ${archive.family}`;
  const names = context.catalog.families[family].keyrings.map((path) => basename(path));
  const key = hashBytes(`keyring ${entry.sha256}`).slice(0, 32);
  const fill = async (into: string): Promise<string> => {
    const scratch = join(dirname(into), 'root');
    const downloads = join(dirname(into), 'artifacts');
    await mkdir(downloads);
    await unpackDebs(await downloadVerified([{ ...entry, root }], downloads, signal), scratch, signal);
    await copyFile(
      await firstOf(names.map((name) => join(scratch, 'usr/share/keyrings', name))),
      join(into, 'keyring.gpg'),
    );
    return origin;
  };
  try {
    const stored = await addEntry(context.keyrings, key, fill, signal);
    return { path: join(stored.folder, 'keyring.gpg'), origin };
  } catch (error) {
    // The next archive may have it whole.
    if (error instanceof DownloadError || error instanceof ArtifactError) return null;
    throw error;
  }
}

async function firstOf(paths: readonly string[]): Promise<string> {
  for (const path of paths) {
    const info = await stat(path).catch(() => null);
    if (info?.isFile()) return path;
  }
  throw new ArtifactError(`a keyring package without ${paths.map((path) => basename(path)).join(' or ')}`);
}
