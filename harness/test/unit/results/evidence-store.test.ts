// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../model/errors.js';
import { encodeEvidence } from '../../../results/evidence-codec.js';
import { readEvidence, writeEvidence } from '../../../results/evidence-store.js';
import type { KernelResult } from '../../../results/session.js';
import { healthy, loading } from '../../fixtures/evidence-session.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'evidence-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

const path = () => join(folder, 'evidence/6.12.jsonl.gz');

/** With everything that JSON alone does not hold: a map, bytes of both kinds. */
function results(): readonly [KernelResult, ...KernelResult[]] {
  const whole = {
    stage: 'done',
    errno: 0,
    stoppedAt: null,
    libbpf: [],
    attach: new Map([
      ['deny_open', { kind: 'attached', place: null } as const],
      ['deny_exec', { kind: 'failed', errno: 524, libbpf: ['no'], attachPoint: null, symbol: null } as const],
    ]),
  } as const;
  const object = {
    object: 'aegis',
    open: { errno: 0, libbpf: [], unresolved: [] },
    declared: { programs: [], maps: [], tables: new Map([['ops', 'sched_ext_ops']]) },
    programs: [],
    maps: [],
    whole,
  } as const;
  const session = loading({ asked: 1, objects: [object] });
  const output = { stdout: Buffer.from([0, 255, 10]), stderr: Buffer.alloc(0) };
  const evidence = { argv: ['/command/t'], end: { kind: 'exited', status: 0 }, ...output, timeout: 1, ms: 1 } as const;
  return [
    { kind: 'session', session, scenarios: healthy() },
    { kind: 'command', session, evidence },
  ];
}

describe('stored evidence', () => {
  it('comes back as it was, maps and bytes included, and leaves nothing else behind', async () => {
    await writeEvidence(folder, '6.12', results());
    const [first, second] = await readEvidence(folder, '6.12');
    expect(encodeEvidence([first, second])).toEqual(encodeEvidence(results()));
    expect(first.kind === 'session' && first.session.objects[0]?.whole?.attach).toBeInstanceOf(Map);
    expect(await readdir(join(folder, 'evidence'))).toEqual(['6.12.jsonl.gz']);
  });

  it('has the same bytes for the same evidence', async () => {
    await writeEvidence(folder, '6.12', results());
    const before = await readFile(path());
    await writeEvidence(folder, '6.12', results());
    expect(await readFile(path())).toEqual(before);
  });

  it('of a kernel whose name is no file name stays in its folder', async () => {
    await writeEvidence(folder, '../x', results());
    expect(await readdir(join(folder, 'evidence'))).toEqual(['.._x.jsonl.gz']);
    expect((await readEvidence(folder, '../x'))[0].kind).toBe('session');
  });
});

const lines = async (change: (lines: string[]) => readonly string[]): Promise<void> => {
  const text = gunzipSync(await readFile(path())).toString();
  await writeFile(path(), gzipSync(change(text.split('\n').slice(0, -1)).join('\n')));
};

describe('damaged evidence is refused with its file', () => {
  beforeEach(() => writeEvidence(folder, '6.12', results()));

  const rows: readonly (readonly [string, () => Promise<unknown>, RegExp])[] = [
    ['is not there', () => rm(path()), /ENOENT/],
    [
      'was cut in the middle',
      async () => truncate(path(), Math.floor((await readFile(path())).length / 2)),
      /unexpected end of file/,
    ],
    ['is empty', () => truncate(path(), 0), /unexpected end of file/],
    ['is no gzip', () => writeFile(path(), 'text'), /incorrect header check/],
    ['is no JSON', () => writeFile(path(), gzipSync('{')), /JSON/],
    ['is a list', () => writeFile(path(), gzipSync('[]')), /no version/],
    ['is null', () => writeFile(path(), gzipSync('null')), /no version/],
    ['has lost its end', () => lines((all) => all.slice(0, -1)), /cut short/],
    ['has lost a run', () => lines((all) => all.filter((_, index) => index !== 1)), /cut short/],
    ['has no run', () => lines((all) => [all[0] ?? '', '{"end":0}']), /cut short/],
    ['is of another version', () => lines((all) => ['{"schema":9,"kernel":"6.12"}', ...all.slice(1)]), /version 9/],
    ['is about another kernel', () => lines((all) => ['{"schema":2,"kernel":"6.1"}', ...all.slice(1)]), /about 6\.1/],
  ];
  it.each(rows)('that %s', async (_, damage, why) => {
    await damage();
    const error: unknown = await readEvidence(folder, '6.12').catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toContain(path());
    expect((error as UsageError).message).toMatch(why);
  });
});
