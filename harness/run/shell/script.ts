// SPDX-License-Identifier: Apache-2.0
import type { Guest } from '../../guest/client.js';
import { getFileFrom, putFile } from '../../guest/files.js';
import { type ProcessEnd, spawnInGuest, type SpawnOptions, waitForProcess } from '../../guest/process.js';

/** Where what a script writes goes, as it is written. */
export interface ScriptOutput {
  readonly stdout: (bytes: Uint8Array) => void;
  readonly stderr: (bytes: Uint8Array) => void;
}

const files = { stdout: '/run/script.stdout', stderr: '/run/script.stderr' } as const;

/** Milliseconds after which stderr is looked at, where stdout stays as it is. */
const lookEvery = 200;

/** Runs a program without a terminal, until it ends. */
export async function runScript(guest: Guest, options: SpawnOptions, output: ScriptOutput): Promise<ProcessEnd> {
  // One that writes nothing has its files, too.
  for (const path of Object.values(files)) await putFile(guest, path, '');
  const pid = await spawnInGuest(guest, { ...options, ...files });
  const shown = { stdout: 0, stderr: 0 };
  for (;;) {
    const end = await waitForProcess(guest, pid, lookEvery, { path: files.stdout, size: shown.stdout });
    for (const stream of ['stdout', 'stderr'] as const) {
      const bytes = await getFileFrom(guest, files[stream], shown[stream]);
      shown[stream] += bytes.length;
      if (bytes.length > 0) output[stream](bytes);
    }
    if (end.kind !== 'running') return end;
  }
}
