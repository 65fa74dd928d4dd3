// SPDX-License-Identifier: Apache-2.0
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Guest } from '../../guest/client.js';
import { putFile } from '../../guest/files.js';
import { LoadMemo } from '../../guest/load-memo.js';
import { ends } from '../../guest/protocol.js';
import type { ObjectEvidence } from '../../model/evidence.js';
import { loadObject } from '../../scenarios/load.js';
import { openGuest, type OpenGuest } from './open-guest.js';

/** Two programs that share a map and a type, and one that shares nothing. */
const source = `
#include "variant.h"

struct entry {
	__u32 count;
	__u32 spare;
};

struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 16);
	__type(key, __u32);
	__type(value, struct entry);
} table SEC(".maps");

const volatile __u32 limit = 5;

static __noinline int looked_up(__u32 key)
{
	struct entry *entry = bpf_map_lookup_elem(&table, &key);

	return entry && entry->count > 3;
}

SEC("lsm/file_open")
int BPF_PROG(with_table)
{
	return looked_up(1) ? -EPERM : 0;
}

SEC("tp/syscalls/sys_enter_getpid")
int with_limit(void *ctx)
{
	return limit > 4;
}

SEC("lsm/task_alloc")
int BPF_PROG(with_nothing)
{
	return 0;
}
`;

let folder: string;
let opened: OpenGuest;
let guest: Guest;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'memo-test-'));
  await cp('bpf', join(folder, 'bpf'), { recursive: true });
  await symlink(resolve('.bootstrap'), join(folder, '.bootstrap'));
  opened = await openGuest('6.17');
  ({ guest } = opened);
});
afterAll(async () => {
  await opened.stop();
  await rm(folder, { recursive: true, force: true });
});

const all = ['with_table', 'with_limit', 'with_nothing'];

describe('an object that was loaded before and has been edited', () => {
  it.each<[string, string, string, readonly string[]]>([
    ['nothing', '', '', []],
    ['a comment, which moves every line', 'struct entry {', '/* a\n * comment */\nstruct entry {', []],
    ['the text of a line', 'return limit > 4;', 'return 4 < limit;', []],
    ['the body of a program', 'with_nothing)\n{\n\treturn 0;', 'with_nothing)\n{\n\treturn -EPERM;', ['with_nothing']],
    ['the hook of a program', 'lsm/task_alloc', 'lsm/task_free', ['with_nothing']],
    ['a function that is called', 'count > 3', 'count > 4', ['with_table']],
    // The definition of a map is types, and types count for every program.
    ['the size of a map', 'max_entries, 16', 'max_entries, 32', all],
    ['the type of a map', 'TYPE_HASH', 'TYPE_LRU_HASH', all],
    ['the flags of a map', '\t__type(key', '\t__uint(map_flags, 1);\n\t__type(key', all],
    ['frozen data', 'limit = 5', 'limit = 6', ['with_limit']],
    ['the name of a member', 'spare;', 'unused;', all],
  ])('is loaded anew where the verifier could see it: %s', async (what, from, to, anew) => {
    expect(what === 'nothing' || source.includes(from)).toBe(true);
    const memo = new LoadMemo();
    const before = await load(original, memo);
    expect(verdicts(before)).toEqual(all.map((name) => `${name} 0 attached`));
    const after = await load({ ...original, program: source.replace(from, to) }, memo);
    expect(verdicts(after)).toEqual(all.map((name) => `${name} 0 attached`));
    expect(memo.recalled).toBe(all.length - anew.length);
    const same = (one: ObjectEvidence) => one.programs.filter(({ program }) => !anew.includes(program));
    expect(same(after)).toEqual(same(before));
  });

  it('is loaded anew under another licence', async () => {
    const memo = new LoadMemo();
    await load(original, memo);
    await load({ ...original, licence: 'GPL' }, memo);
    expect([memo.recalled, memo.keys.length]).toEqual([0, 2 * all.length]);
  });

  it('is answered for while it is attached, and detached before anything else is done', async () => {
    await load(original, new LoadMemo());
    await putFile(guest, '/tmp/linger.bpf.o', await compiled(original));
    const whole = { withoutMap: [], skipProgram: [], attach: 1, withoutCapabilities: undefined, need: [] };
    const request = { path: '/tmp/linger.bpf.o', timeoutMs: 60_000, ...whole };
    const reply = await guest.call('loadWhole', { ...request, linger: 1 }, 60_000);
    expect([reply.end, reply.outcome.map(({ errno }) => errno)]).toEqual([ends.running, [0, 0, 0]]);
    const patient = await guest.call('loadWhole', { ...request, linger: 0 }, 60_000);
    expect([patient.end, patient.endCode]).toEqual([ends.exited, 0]);
  });

  it('that is rejected is reported as it is now, and known again when it is mended', async () => {
    const memo = new LoadMemo();
    await load(original, memo);
    const program = source.replace('entry && entry->count', 'entry->count');
    const broken = await load({ ...original, program }, memo);
    expect(broken.programs[0]).toMatchObject({ program: 'with_table', errno: 13 });
    expect(broken.programs[0]!.log).toContain('map_value_or_null');
    expect(memo.recalled).toBe(2);
    await load(original, memo);
    expect(memo.recalled).toBe(5);
  });
});

const verdicts = ({ programs, whole }: ObjectEvidence): string[] =>
  programs.map(({ program, errno }) => `${program} ${errno} ${whole?.attach.get(program)?.kind ?? 'nothing'}`);

/** What is compiled: the source, and the header that has the licence. */
interface Sources {
  readonly program: string;
  readonly licence: string;
}

const original: Sources = { program: source, licence: 'Dual BSD/GPL' };

async function load(sources: Sources, memo: LoadMemo): Promise<ObjectEvidence> {
  return loadObject(guest, { name: 'memo', bytes: await compiled(sources), timeout: 60_000, memo });
}

/** Every case begins with the same object: by its sources, so that none is compiled twice. */
const objects = new Map<string, Buffer>();

async function compiled({ program, licence }: Sources): Promise<Buffer> {
  const key = JSON.stringify([program, licence]);
  const known = objects.get(key);
  if (known !== undefined) return known;
  const variants = join(folder, 'bpf/variants');
  const header = await readFile('bpf/variants/variant.h', 'utf8');
  await writeFile(join(variants, 'variant.h'), header.replace('Dual BSD/GPL', licence));
  await writeFile(join(variants, 'memo.bpf.c'), program);
  const object = join(folder, 'build/variants/memo.bpf.o');
  await execa('make', ['-B', '-C', join(folder, 'bpf'), object]);
  const bytes = await readFile(object);
  objects.set(key, bytes);
  return bytes;
}
