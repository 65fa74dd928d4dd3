// SPDX-License-Identifier: Apache-2.0
import { chmod, copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runTimed } from '../../../run/bench/timed.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'timed-test-'));
});
afterAll(() => rm(folder, { recursive: true }));

const { signal } = new AbortController();
const options = { mark: /^6\.12: pass/, accepted: [0], signal };

it('tells when the line came, from either stream, and when the process ended', async () => {
  // A busy host may see a line late: what is after it is only as long as it is here.
  const script = 'echo start; sleep 0.2; echo "6.12: pass" >&2; sleep 0.6';
  const { total, marked, qemu } = await runTimed(['/bin/bash', '-c', script], options);
  expect(marked).toBeGreaterThan(0.19);
  expect(total - marked!).toBeGreaterThan(0.29);
  expect(qemu).toBe(0);
});

it('tells how long a QEMU lived below it, and what it took', async () => {
  const qemu = join(folder, 'qemu-system-x86_64');
  await copyFile('/bin/sleep', qemu);
  await chmod(qemu, 0o755);
  const seen = await runTimed(['/bin/bash', '-c', `sleep 0.3; ${qemu} 0.5; sleep 0.3`], options);
  expect(seen.marked).toBeNull();
  expect(seen.qemu).toBeGreaterThan(0.3);
  expect(seen.total - seen.qemu).toBeGreaterThan(0.5);
  expect(seen.peak).toBeGreaterThan(0);
  expect(seen.idle).toBeGreaterThanOrEqual(0);
  expect(seen.idle).toBeLessThanOrEqual(1);
});

it('counts the processor time of QEMUs, of each as it was when it was last seen', async () => {
  const qemu = join(folder, 'qemu-system-busy');
  await copyFile('/bin/bash', qemu);
  await chmod(qemu, 0o755);
  const busy = `${qemu} -c 'for ((i = 0; i < 400000; i++)); do :; done; read -t 0.2 < <(sleep 1)'`;
  const one = await runTimed(['/bin/bash', '-c', `${busy}; true`], options);
  const two = await runTimed(['/bin/bash', '-c', `${busy} & ${busy}; wait`], options);
  expect(one.qemuCpu).toBeGreaterThan(0.1);
  expect(two.qemuCpu).toBeGreaterThan(1.5 * one.qemuCpu);
  expect((await runTimed(['/bin/bash', '-c', 'sleep 0.1'], options)).qemuCpu).toBe(0);
});

it('is an error with the last words when it ends otherwise, and goes with the signal', async () => {
  await expect(runTimed(['/bin/bash', '-c', 'echo why; exit 3'], options)).rejects.toThrow('why');
  const abort = new AbortController();
  const running = runTimed(['/bin/bash', '-c', 'sleep 60'], { ...options, signal: abort.signal });
  abort.abort(new Error('enough'));
  await expect(running).rejects.toThrow('enough');
});
