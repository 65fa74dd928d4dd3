// SPDX-License-Identifier: Apache-2.0
import { chmod, copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Asking } from '../../../cli/commands/init/ask.js';
import type { InitFlags } from '../../../cli/commands/init/flags.js';
import { init } from '../../../cli/commands/init/init.js';
import type { CliContext } from '../../../cli/context.js';

const here = process.cwd();
let folder: string;
let said: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'init-test-'));
  said = '';
  await mkdir(join(folder, 'out/deep'), { recursive: true });
  await copyFile('build/aegis.bpf.o', join(folder, 'out/warden.bpf.o'));
  await copyFile('build/mini.bpf.o', join(folder, 'out/deep/other.bpf.o'));
  await copyFile('build/agent/aegis-agent', join(folder, 'out/wardend'));
  await writeFile(join(folder, 'out/run.sh'), '#!/bin/sh\n');
  await chmod(join(folder, 'out/run.sh'), 0o755);
  process.chdir(folder);
});
afterEach(async () => {
  process.chdir(here);
  await rm(folder, { recursive: true, force: true });
});

const stream = { isTTY: false, write: (text: string) => (said += text) };
const cli = { env: {}, stdout: stream, stderr: stream, signal: new AbortController().signal } as unknown as CliContext;
const start = (flags: Partial<InitFlags>, asking: Asking | null = null) =>
  init({ helpCall: true, ...flags }, cli, asking);
const both = { object: 'out/warden.bpf.o', agent: 'out/wardend' };
const written = async (file = 'matrix.config.json'): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(folder, file), 'utf8')) as Record<string, unknown>;

/** Answers in turn; what was asked is kept. */
function person(...answers: readonly string[]): Asking & { readonly asked: string[] } {
  const left = [...answers];
  const asked: string[] = [];
  return {
    asked,
    ask: (question, offered) => {
      asked.push(`${question} [${offered}]`);
      const answer = left.shift() ?? '';
      return Promise.resolve(answer === '' ? offered : answer);
    },
    close: () => undefined,
  };
}

describe('without a person', () => {
  it('writes what flags name, reads it back, and says what to do next', async () => {
    expect(await start(both)).toBe(0);
    expect((await written())['agent']).toEqual({
      name: 'wardend',
      object: 'out/warden.bpf.o',
      binary: 'out/wardend',
      takeover: ['--takeover'],
    });
    expect(said).toContain('matrix.config.json is written, and run can read it');
    expect(said).toContain('next: npm run matrix -- -k 6.12 --only file\n');
    expect(await readdir(folder)).toEqual(['matrix.config.json', 'out']);
  });

  it('writes paths relative to the file', async () => {
    await mkdir(join(folder, 'ci'));
    await start({ ...both, config: 'ci/warden.json' });
    expect((await written('ci/warden.json'))['agent']).toMatchObject({ object: '../out/warden.bpf.o' });
    expect(said).toContain('--config ci/warden.json');
  });

  it('names the flag that is missing, with what there is', async () => {
    await expect(start({})).rejects.toThrow(/--object is missing.*out\/warden.bpf.o, out\/deep\/other.bpf.o/);
    await expect(start({ object: both.object })).rejects.toThrow(/--agent is missing; there are out\/wardend$/);
  });

  it('never writes over a file, unless it is told to', async () => {
    await writeFile('matrix.config.json', 'mine');
    await expect(start(both)).rejects.toThrow(/matrix.config.json is there already/);
    expect(await readFile('matrix.config.json', 'utf8')).toBe('mine');
    expect(await start({ ...both, force: true })).toBe(0);
  });

  it.each([
    [{ ...both, agent: 'out/run.sh' }, /agent.binary.*is no ELF|not an ELF|run.sh/],
    [{ ...both, agent: 'out/nobody' }, /out\/nobody cannot be read/],
    [{ ...both, object: 'out/wardend' }, /wardend/],
    [{ ...both, name: '***' }, /agent.name/],
    [{ ...both, contract: 'none' }, /there is no contract 'none'/],
  ])('leaves nothing of what run would refuse: %j', async (flags, why) => {
    await expect(start(flags)).rejects.toThrow(why);
    expect(await readdir(folder)).toEqual(['out']);
  });
});

describe('with a person', () => {
  it('offers what is there, and takes a number', async () => {
    const asking = person('2', 'out/wardend', 'warden', 'n', 'n', 'y');
    expect(await start({}, asking)).toBe(0);
    expect(asking.asked[0]).toBe('Object, a BPF file, or its number [out/warden.bpf.o]');
    expect(said).toContain('  2  out/deep/other.bpf.o\n');
    expect((await written())['agent']).toMatchObject({
      name: 'warden',
      object: 'out/deep/other.bpf.o',
      fallback: false,
    });
    expect(said).toContain("look at run: not known, so the contract's");
  });

  it('needs no file for an object alone', async () => {
    expect(await start({}, person('', '-'))).toBe(0);
    expect(said).toContain('next: npm run matrix -- --object out/warden.bpf.o');
    expect(await readdir(folder)).toEqual(['out']);
  });
});
