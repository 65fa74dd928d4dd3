// SPDX-License-Identifier: Apache-2.0
import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import { runTool } from '../../tool.js';
import { ArtifactError } from '../provider.js';

/**
 * Unpacks .deb files into one folder, without root.
 * @throws ArtifactError naming the package; ToolMissingError.
 */
export async function unpackDebs(files: readonly string[], into: string, signal?: AbortSignal): Promise<void> {
  await mkdir(into, { recursive: true });
  for (const file of files) {
    const result = await runTool('dpkg-deb', ['-x', file, into], signal ? { signal } : {});
    if (result.exitCode !== 0)
      throw new ArtifactError(`${basename(file)}: ${result.stderr.trim().replace(/\s*\n\s*/g, '; ')}`);
  }
}
