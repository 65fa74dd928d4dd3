// SPDX-License-Identifier: Apache-2.0
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { runProgram } from '../../../proc/run.js';

/** The real probe, on this machine, where nothing is denied. */
let folder: string;
beforeAll(async () => {
  const made = await runProgram('make', ['-C', 'bpf', '-j2', `${process.cwd()}/build/probe/attempt`]);
  expect(made.exitCode, made.stderr).toBe(0);
}, 120_000);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'watch-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** What a watch says that is ended right after `last` has been written where it looks for an announcement. */
async function watchedUntil(last: string): Promise<Record<string, unknown>> {
  const at = (name: string): string => join(folder, name);
  await writeFile(at('events'), '');
  await writeFile(at('secret'), 'Secret words');
  const watch = spawn('build/probe/attempt', ['watch', at('events'), 'ENFORCE', at('secret'), '10000']);
  let said = '';
  watch.stdout.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await sleep(50);
  await writeFile(at('events'), last);
  watch.kill('SIGTERM');
  await once(watch, 'close');
  return JSON.parse(said) as Record<string, unknown>;
}

it('a watch that is ended as soon as enforcement is announced has looked once more', async () => {
  for (let round = 0; round < 10; round++) {
    const seen = await watchedUntil('{"state":"ENFORCE"}\n');
    expect(seen).toMatchObject({ announced: true, deniedAfter: 0 });
    expect(seen['openedAfter']).toBeGreaterThan(0);
  }
});

it('a watch that sees no announcement says so', async () => {
  expect(await watchedUntil('{"state":"AUDIT"}\n')).toMatchObject({ announced: false, openedAfter: 0 });
});
