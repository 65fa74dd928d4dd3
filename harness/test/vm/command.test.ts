// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kernelOf, matrix, reportOf, textOf } from './matrix.js';

const source = `
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	switch (argc > 1 ? *argv[1] : 0) {
	case 'a':
		abort();
	case 's':
		puts("sleeping");
		fflush(stdout);
		pause();
	}
	puts("for stdout");
	fputs("the reason\\n", stderr);
	return 3;
}
`;

let folder: string;
let faulty: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'command-test-'));
  faulty = join(folder, 'faulty');
  await writeFile(`${faulty}.c`, source);
  execFileSync('cc', ['-o', faulty, `${faulty}.c`]);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a command in a kernel', () => {
  it('passes with exit 0: a program of this host, its libraries, a file it is given', async () => {
    await writeFile(join(folder, 'greeting'), 'hello from the host\n');
    const file = ['--file', `/etc/greeting=${join(folder, 'greeting')}`];
    const run = await matrix(['command', '-k', '6.12', ...file, '--', 'cat', '/etc/greeting', '/proc/version']);
    expect([run.exitCode, run.stderr]).toEqual([0, '']);
    const output = await textOf(run, 'logs/6.12/command.stdout');
    expect(output).toMatch(/^hello from the host\nLinux version 6\.12\./);
    expect(kernelOf(await reportOf(run), '6.12')).toMatchObject({
      status: 'ran',
      verdict: { kind: 'pass' },
      objects: [],
      command: { argv: ['/command/cat', '/etc/greeting', '/proc/version'], end: { kind: 'exited', status: 0 } },
    });
    expect(await textOf(run, 'junit.xml')).toContain('<testcase classname="6.12.load" name="command"');
  });

  it.each([
    { args: [], message: 'exit 3', tail: ['the reason'] },
    { args: ['a'], message: 'killed by SIGABRT', tail: [] },
    { args: ['s'], message: 'did not end within 2 s and was killed', tail: ['sleeping'] },
  ])('fails with $message', async ({ args, message, tail }) => {
    const run = await matrix(['command', '-k', '6.12', '--timeout', '2s', '--', faulty, ...args]);
    expect(run.exitCode).toBe(1);
    const kernel = kernelOf(await reportOf(run), '6.12');
    expect(kernel).toMatchObject({ status: 'ran', verdict: { kind: 'fail', stage: 'run', code: 'COMMAND_FAILED' } });
    expect(kernel.detail).toContain(message);
    expect(kernel).toMatchObject({ command: { tail } });
    for (const text of [run.stdout, await textOf(run, 'summary.md'), await textOf(run, 'junit.xml')]) {
      expect(text).toContain(message);
      for (const line of tail) expect(text).toContain(line);
    }
  });
});

it('runs a proof script as it is, with its interpreter, busybox and a cgroup of its own', async () => {
  const script = join(folder, 'proof.sh');
  const text = `#!/usr/bin/env bash
set -euo pipefail
names=(one two)
[[ \${names[1]} == two && $1 == --strict ]]
mkdir -p /mnt/proof && mount -t tmpfs none /mnt/proof && touch /mnt/proof/file
unshare --mount /bin/bash -c 'umount /mnt/proof && [[ ! -e /mnt/proof/file ]]'
[[ -e /mnt/proof/file ]]
in-cgroup proof cat /proc/self/cgroup
`;
  await writeFile(script, text, { mode: 0o755 });
  const run = await matrix(['command', '-k', '6.12', '--with-libs', '--', script, '--strict']);
  expect(await textOf(run, 'logs/6.12/command.stderr')).toBe('');
  expect(await textOf(run, 'logs/6.12/command.stdout')).toBe('0::/proof\n');
  expect(run.exitCode).toBe(0);
});
