// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckReport } from '../../model/check.js';
import { type Finished, kernelOf, matrix, reportOf } from './matrix.js';

/*
 * An agent that lets through what it claims to deny, and does what root in its guest can do to be told a pass
 * (bpf/hostile). Whatever it does, the run fails, and the harness stays small.
 */

/** MiB that the harness may ever have in memory. */
const memoryLimit = 300;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hostile-test-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function prove(attack: string): Promise<Finished> {
  const run = [
    ...['{binary}', attack, '/hostile/aegis-agent', 'run', '{mode}'],
    ...['--enforce-signal={signal}', '--enforce-fallback={fallback}', '--enforce-gate-mode={gate}'],
    ...['--policy', '{policy}'],
  ];
  const agent = {
    name: attack,
    // file_open reports a denial and returns 0.
    object: resolve('build/selftest/hook_returns_zero.bpf.o'),
    binary: resolve('build/hostile/hostile'),
    files: {
      '/hostile/aegis-agent': resolve('build/agent/aegis-agent'),
      '/hostile/pin': resolve('build/probe/pin'),
      '/hostile/deny_everything.bpf.o': resolve('build/variants/deny_everything.bpf.o'),
    },
    run,
    deadlines: { ready: '20s' },
  };
  const config = join(folder, `${attack}.json`);
  await writeFile(config, JSON.stringify({ agent }));
  return matrix(['--kernel', '6.12', '--only', 'file', '--config', config]);
}

/** Codes of all checks that failed; a machine that broke has none. */
async function codesOf(run: Finished): Promise<readonly string[]> {
  const kernel = kernelOf(await reportOf(run), '6.12');
  const checks: readonly CheckReport[] =
    kernel.status === 'unavailable' ? [] : kernel.scenarios.flatMap((one) => one.checks);
  return [...new Set(checks.flatMap(({ outcome }) => (outcome.kind === 'fail' ? [outcome.code] : [])))];
}

const tampered = 'PROBE_TAMPERED';
const leak = 'ENFORCEMENT_LEAK';
/** Nothing is learnt of it but that it did not pass. */
const any = null;

describe('an agent that leaks and', () => {
  it.each([
    ['replaces the probe', 'replace', leak],
    ['writes into the pipes of the probe', 'forge-output', tampered],
    ['reads what the probe prints', 'steal-output', any],
    ['kills the probe', 'kill-probe', any],
    ['stops the probe', 'stop-probe', any],
    ['lets the probe open no file', 'limit-probe', any],
    ['traces the probe', 'trace-probe', tampered],
    ['writes the memory of the probe', 'write-probe', tampered],
    ['traces PID 1', 'trace-init', tampered],
    ['writes the memory of PID 1', 'write-init', tampered],
    ['reads the memory of PID 1', 'read-init', tampered],
    ['writes frames through a descriptor of PID 1', 'forge-frames', any],
    ['opens the port', 'open-port', leak],
    ['invents events', 'forge-events', leak],
    ['reports objects for words', 'report-object', leak],
    ['reports three million brackets', 'report-brackets', leak],
    ['reports objects in objects', 'report-deep', leak],
    ['has /dev/zero for a report', 'report-zero', leak],
    ['has a fifo for a report', 'report-fifo', leak],
    ['has a terabyte for a report', 'report-sparse', leak],
    ['has a terabyte of stdout', 'stdout-sparse', any],
    ['floods stdout', 'stdout-flood', any],
    ['forks without end', 'fork-bomb', any],
    ['mounts over everything', 'remount', any],
    ['denies everything', 'deny-everything', 'FALSE_BLOCK'],
  ] as const)('%s does not pass', async (_, attack, code) => {
    const run = await prove(attack);
    expect(run.exitCode, run.stdout.slice(-2000)).toBeGreaterThan(0);
    expect(run.stdout).not.toContain('PASS');
    expect(run.peakMiB).toBeLessThan(memoryLimit);
    if (code === any) return;
    expect(run.exitCode, run.stdout.slice(-2000)).toBe(1);
    expect(await codesOf(run)).toContain(code);
  });
});
