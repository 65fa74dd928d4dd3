// SPDX-License-Identifier: Apache-2.0
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, expect } from 'vitest';

/**
 * `scripts/test --times`: what a test file costs, one line of JSON a file in `$BPF_MATRIX_TEST_TIMES/times.jsonl`.
 * Processor time is what counts: that of the worker, which runs one file, and of all its children, QEMU among them.
 */
const folder = process.env['BPF_MATRIX_TEST_TIMES'];

if (folder !== undefined) {
  let boots: string;
  beforeAll(() => {
    boots = join(folder, `${fileName()}.boots`);
    // The stand-in for QEMU that scripts/test puts into PATH writes a line into it for each machine.
    process.env['BPF_MATRIX_TEST_BOOTS'] = boots;
  });
  afterAll(() => {
    const machines = existsSync(boots) ? readFileSync(boots, 'utf8').split('\n') : [];
    const count = (kind: string): number => machines.filter((line) => line === kind).length;
    const line = {
      file: fileName(),
      cpuMs: processorMs(),
      wallMs: Math.round(performance.now()),
      cold: count('cold'),
      restored: count('restored'),
      agents: count('agent'),
    };
    appendFileSync(join(folder, 'times.jsonl'), `${JSON.stringify(line)}\n`);
  });
}

const fileName = (): string => basename(expect.getState().testPath ?? 'unknown');

/** Milliseconds of this process and of all its children that have ended; proc_pid_stat(5), in ticks of 10 ms. */
function processorMs(): number {
  const stat = readFileSync('/proc/self/stat', 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // utime, stime, cutime, cstime
  return fields.slice(11, 15).reduce((sum, ticks) => sum + 10 * Number(ticks), 0);
}
