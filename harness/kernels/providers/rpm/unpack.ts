// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { CommandError } from '../../../proc/run.js';
import { runTool } from '../../tool.js';
import { ArtifactError } from '../provider.js';
import { damaged } from './source-failure.js';

/** Bytes of a list of packages, unpacked; Fedora's updates have some 100 MB. */
const mostUnpacked = 256 * 2 ** 20;

/**
 * Unpacks a list of packages: gzip, xz or zstd by its name, and no more than `mostUnpacked` of it.
 * @throws DownloadError; ToolMissingError; the signal's reason.
 */
export async function unpackMetadata(path: string, signal?: AbortSignal): Promise<Buffer> {
  const name = basename(path);
  if (name.endsWith('.xml')) return readFile(path);
  if (name.endsWith('.gz')) return gunzipped(path, name);
  const tool = name.endsWith('.xz') ? 'xz' : name.endsWith('.zst') ? 'zstd' : null;
  if (tool === null) throw damaged(`${name}: compressed by a program that is not known here`);
  return unpackedBy(tool, path, signal);
}

/** Into a file beside it, of which the kernel sees to it that it does not grow beyond the bound. */
async function unpackedBy(tool: 'xz' | 'zstd', path: string, signal?: AbortSignal): Promise<Buffer> {
  const options = signal ? { signal } : {};
  await runTool(tool, ['--version'], options);
  const args = [`--fsize=${mostUnpacked}`, tool, '-q', '-d', '-k', '-f', path];
  const result = await runTool('prlimit', args, options).catch((error: unknown) => {
    if (error instanceof CommandError) throw damaged(`${basename(path)}: unpacks to more than ${mostUnpacked} bytes`);
    throw error;
  });
  if (result.exitCode !== 0) throw damaged(`${basename(path)}: ${tool} failed: ${result.stderr.trim()}`);
  return readFile(path.replace(/\.[^.]+$/, ''));
}

async function gunzipped(path: string, name: string): Promise<Buffer> {
  const data = await readFile(path);
  return promisify(gunzip)(data, { maxOutputLength: mostUnpacked }).catch((error: unknown) => {
    throw damaged(`${name}: ${(error as Error).message}`);
  });
}

/**
 * Unpacks rpm packages into one folder, without root; libarchive refuses what would leave it.
 * @throws ArtifactError naming the package; ToolMissingError.
 */
export async function unpackRpms(files: readonly string[], into: string, signal?: AbortSignal): Promise<void> {
  await mkdir(into, { recursive: true });
  for (const file of files) {
    const args = ['--no-same-owner', '--no-same-permissions', '-x', '-f', file, '-C', into];
    const result = await runTool('bsdtar', args, signal ? { signal } : {});
    if (result.exitCode !== 0) {
      throw new ArtifactError(`${basename(file)}: ${result.stderr.trim().replace(/\s*\n\s*/g, '; ')}`);
    }
  }
}
