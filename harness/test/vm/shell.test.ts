// SPDX-License-Identifier: Apache-2.0
import { access, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { temporaryOut, variant } from './matrix.js';

const program = ['dist/harness/cli/main.js', 'shell', '-k', '6.12'];

/** A script through stdin, as a user gives it. */
function shell(input: string, ...flags: readonly string[]) {
  return execa('node', [...program, ...flags], { input, reject: false, env: { NO_COLOR: '1' } });
}

describe('a script', () => {
  it('runs with object, agent and tools at hand, and its exit code is kept', async () => {
    const script = `
      uname -r
      ls /home /aegis
      pin /home/healthy.bpf.o && bpf link && bpf prog && bpf map
      in-cgroup mine cat /proc/self/cgroup
      unshare -m true && echo unshared
      echo to stderr >&2
      exit 7`;
    const { exitCode, stdout, stderr } = await shell(
      script,
      '--object',
      variant('healthy'),
      '--config',
      await ownConfig(),
    );
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 7 });
    expect(stdout).toMatch(/^6\.12\./);
    expect(stdout).toContain('healthy.bpf.o');
    expect(stdout).toMatch(/\d+ {2}tracing +program \d+ +bpf_lsm_file_open/);
    expect(stdout).toMatch(/ lsm +\d+ insns/);
    expect(stdout).toContain('0::/mine');
    expect(stdout).toContain('unshared');
    expect(stderr).toContain('to stderr');
  });

  it('is run by bash where it asks for that, and ended by a signal as a shell says it', async () => {
    const script = '#!/usr/bin/env bash\na=(one two)\n[[ ${a[1]} == two ]] && echo "$BASH_VERSION"\nkill -9 $$\n';
    const { exitCode, stdout } = await shell(script);
    expect(stdout).toMatch(/^\d+\.\d+/);
    expect(exitCode).toBe(137);
  });

  it('ends with 3 where the machine broke, which is said', async () => {
    const { exitCode, stderr } = await shell('echo c > /proc/sysrq-trigger; sleep 30');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('error: ');
  });
});

it('a terminal takes keys, Ctrl-C and Ctrl-D, and shows what comes of them', async () => {
  await access('/usr/bin/script');
  const keys = [
    [3_000, 'stty size; tty\n'],
    [700, 'sleep 100\n'],
    [700, '\u0003'],
    [500, 'echo after $?\n'],
    [500, 'false\n'],
    [500, '\u0004'],
  ] as const;
  const command = `stty rows 33 cols 77; exec node ${program.join(' ')}`;
  const session = execa('script', ['-qec', command, '/dev/null'], {
    reject: false,
    timeout: 90_000,
    env: { TERM: 'xterm' },
  });
  let shown = '';
  session.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  await expect.poll(() => shown, { timeout: 60_000 }).toContain('6.12 /home # ');
  for (const [wait, text] of keys.map(([ms, text]) => [ms, text] as const)) {
    session.stdin.write(text);
    await new Promise((done) => setTimeout(done, wait));
  }
  const { exitCode } = await session;
  expect(shown).toContain('33 77');
  expect(shown).toContain('/dev/pts/0');
  expect(shown).toContain('after 130');
  expect(exitCode).toBe(1);
});

/** The agent of this repository, so that an object that is named does not leave it out. */
async function ownConfig(): Promise<string> {
  const file = `${await temporaryOut()}.json`;
  const here = process.cwd();
  const agent = {
    name: 'own',
    object: `${here}/build/aegis.bpf.o`,
    binary: `${here}/build/agent/aegis-agent`,
    folder: '/aegis',
  };
  await writeFile(file, JSON.stringify({ agent }));
  return file;
}
