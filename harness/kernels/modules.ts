// SPDX-License-Identifier: Apache-2.0
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { CommandError } from '../proc/run.js';
import { elfSection } from './elf.js';
import { runToolForBytes } from './tool.js';

/** What the guest needs to find its virtio-serial port; built into most kernels. */
export const transportModules = [
  'virtio',
  'virtio_ring',
  'virtio_pci_legacy_dev',
  'virtio_pci_modern_dev',
  'virtio_pci',
  'virtio_console',
] as const;

/** What scenarios may ask the guest to load, and what attaching to tc takes before tcx. */
export const extraModules = ['overlay', 'dummy', 'sch_ingress', 'cls_bpf'] as const;

/** A module, or a set of them, that cannot be loaded as it is; the message names the file. */
export class ModuleError extends Error {
  override readonly name = 'ModuleError';
}

/** Names the kernel prints with `_` are files with `-` at times. */
export function moduleName(file: string): string {
  return (file.split('/').at(-1) ?? '').replace(/\.ko(\.xz|\.zst|\.gz)?$/, '').replaceAll('-', '_');
}

/** The modules of a kernel: files by name, and the names of those that are built in. */
export interface ModuleTree {
  /** Absolute path by module name. */
  readonly files: ReadonlyMap<string, string>;
  /** From modules.builtin; null when the tree has none. */
  readonly builtin: ReadonlySet<string> | null;
}

/** Reads a `lib/modules/RELEASE` folder. Independent of the order in which the file system lists it. */
export async function readModuleTree(folder: string): Promise<ModuleTree> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found
    .filter((item) => item.isFile() && /\.ko(\.xz|\.zst|\.gz)?$/.test(item.name))
    .map((item) => join(item.parentPath, item.name))
    // The kernel's own tree comes before extra/ and updates/ of the same name.
    .sort((a, b) => rank(folder, a) - rank(folder, b) || (a < b ? -1 : 1));
  const files = new Map<string, string>();
  for (const path of paths) if (!files.has(moduleName(path))) files.set(moduleName(path), path);
  const builtin = await readFile(join(folder, 'modules.builtin'), 'utf8').then(
    (text) => new Set(text.split('\n').filter(Boolean).map(moduleName)),
    () => null,
  );
  return { files, builtin };
}

function rank(folder: string, path: string): number {
  return relative(folder, path).startsWith('kernel/') ? 0 : 1;
}

/**
 * The bytes of a module, decompressed.
 * @throws ToolMissingError without xz or zstd; ModuleError when the file is damaged.
 */
export async function readModule(path: string, signal?: AbortSignal): Promise<Buffer> {
  const tool = path.endsWith('.xz') ? 'xz' : path.endsWith('.zst') ? 'zstd' : null;
  const bytes = tool === null ? await readFile(path) : await decompress(tool, path, signal);
  if (bytes.subarray(0, 4).toString('latin1') !== '\x7fELF') throw new ModuleError(`${path}: not a kernel module`);
  return bytes;
}

/** A module's own list of what must be loaded before it, from the `depends=` of its .modinfo. */
export function dependenciesOf(module: Buffer): string[] {
  const value = modinfo(module, 'depends');
  return (value ?? '').split(',').filter(Boolean).map(moduleName);
}

/** One value of .modinfo, a section of NUL-separated `key=value` strings. */
export function modinfo(module: Buffer, key: string): string | null {
  const strings = elfSection(module, '.modinfo')?.toString('latin1').split('\0') ?? [];
  return strings.find((text) => text.startsWith(`${key}=`))?.slice(key.length + 1) ?? null;
}

async function decompress(tool: 'xz' | 'zstd', path: string, signal?: AbortSignal): Promise<Buffer> {
  const result = await runToolForBytes(tool, ['-q', '-dc', path], signal ? { signal } : {}).catch((error: unknown) => {
    if (error instanceof CommandError) throw new ModuleError(`${path}: ${error.message}`);
    throw error;
  });
  if (result.exitCode !== 0) throw new ModuleError(`${path}: ${tool} failed: ${result.stderr.trim()}`);
  return Buffer.from(result.stdout);
}
