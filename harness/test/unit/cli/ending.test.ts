// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Processes of their own, as what is tested ends one. */
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ending-test-'));
  const bundle = await rolldown({ input: 'harness/cli/ending.ts', platform: 'node', logLevel: 'silent' });
  await bundle.write({ file: join(folder, 'ending.mjs') });
  await bundle.close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program that is guarded, with what a shell makes of its standard output. */
async function guarded(body: string, output = ''): Promise<Ended> {
  const file = join(folder, 'main.mjs');
  const head = `import { Ending } from './ending.mjs';\nconst ending = new Ending();\nending.guard(process.argv);\n`;
  await writeFile(file, `${head}${body}\n`);
  const { status, stdout, stderr } = spawnSync('/bin/sh', ['-c', `exec node ${file} ${output}`], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

const committed = (code: number): string => `ending.committed('/reports/latest', ${code});\n`;
const end = `process.exitCode = await ending.finished(0);`;

describe('what nobody has caught', () => {
  it.each([
    ['an exception', `setTimeout(() => { throw new TypeError('x is not a function'); });`],
    ['a rejection', `void Promise.reject(new TypeError('x is not a function')); setInterval(() => {}, 1000);`],
    ['an exception while the program is read', `throw new TypeError('x is not a function');`],
  ])('%s: is 3, says that there is no report, and whose fault it is', async (_, body) => {
    const { code, stderr } = await guarded(body);
    expect(code).toBe(3);
    expect(stderr).toContain('error: TypeError: x is not a function\n  next: this is a fault of bpf-matrix');
    expect(stderr).toContain('no report was written');
  });

  it.each([0, 1, 3])('leaves exit code %s of a report that is in place, and says where it is', async (of) => {
    const { code, stderr } = await guarded(`${committed(of)}setTimeout(() => { throw new Error('late'); });`);
    expect(code).toBe(of);
    expect(stderr).toContain(`the report is complete: /reports/latest, exit ${of}`);
  });

  it('is 130 where the run was interrupted before', async () => {
    expect((await guarded(`ending.interrupted(); throw new Error('late');`)).code).toBe(130);
  });

  it('is the fault of the machine where a system call says so', async () => {
    const fault = `Object.assign(new Error('spawn qemu EMFILE'), { code: 'EMFILE', syscall: 'spawn qemu' })`;
    const { code, stderr } = await guarded(`setTimeout(() => { throw ${fault}; });`);
    expect([code, stderr]).toEqual([3, expect.stringContaining('next: raise the limit (ulimit -n 1024)')]);
    expect(stderr).not.toContain('a fault of bpf-matrix');
  });

  it('is 3, too, where a program waits for what can no longer come', async () => {
    expect((await guarded('await new Promise(() => {});')).code).toBe(3);
  });
});

it('the folder that it was started in being gone is an error of whoever starts it', async () => {
  const bundle = await rolldown({ input: 'harness/cli/main.ts', platform: 'node', logLevel: 'silent' });
  await bundle.write({ dir: join(folder, 'whole') });
  await bundle.close();
  const gone = `mkdir ${folder}/gone && cd ${folder}/gone && rmdir ../gone && exec node ${folder}/whole/main.js --list`;
  const { status, stderr } = spawnSync('/bin/sh', ['-c', gone], { encoding: 'utf8' });
  expect(stderr).toBe('error: the folder that this was started in is gone\n  next: cd to one that is there\n');
  expect(status).toBe(2);
});

describe('output that cannot be written', () => {
  it.each([0, 1])('on a full disk: the report keeps its exit code %s, and stderr says where it is', async (of) => {
    const body = `${committed(of)}process.stdout.write('text');\nprocess.exitCode = await ending.finished(${of});`;
    const { code, stderr } = await guarded(body, '>/dev/full');
    expect(code).toBe(of);
    expect(stderr).toMatch(/error: standard output could not be written: ENOSPC.*\n {2}next: the report is complete: /);
  });

  it('on a full disk, of a command without a report: is 3', async () => {
    const { code, stderr } = await guarded(`process.stdout.write('text');\n${end}`, '>/dev/full');
    expect([code, stderr]).toEqual([3, expect.stringContaining('ENOSPC')]);
  });

  it('into a pipe that is closed early: is quiet, and costs nothing', async () => {
    const text = `for (let line = 0; line < 20000; line++) process.stdout.write('a line of text\\n');\n`;
    const { stdout, stderr } = await guarded(`${text}${end}`, '| head -1');
    expect([stdout, stderr]).toEqual(['a line of text\n', '']);
  });

  it('where everything is closed: costs nothing', async () => {
    const { code, stderr } = await guarded(`process.stdout.write('text');\n${end}`, '>&- 2>&-');
    expect([code, stderr]).toEqual([0, '']);
  });
});
