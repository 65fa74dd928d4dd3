// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../config/file.js';
import { needsSource, withNeeds } from '../../../config/needs.js';
import { readObjectsOneByOne } from '../../../config/objects.js';
import { conventions } from '../../../contracts/registry.js';
import { needLines, sizeLines, targetPath } from '../../../guest/needs.js';
import { UsageError } from '../../../model/errors.js';
import { describeNeeds } from '../../../model/needs.js';

const given = 'build/variants/needs_given.bpf.o';
const other = 'build/variants/needs_sizes.bpf.o';
const shape = { type: 'array', keySize: 4, valueSize: 8, maxEntries: 1 };

let folder: string;
let config: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'needs-config-test-'));
  config = join(folder, 'matrix.config.json');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** The entry is about needs_given unless it has a path of its own. */
async function supplied(entries: readonly object[], files: readonly string[] = [given, other]) {
  const objects = entries.map((entry) => ({ path: join(process.cwd(), given), ...entry }));
  await writeFile(config, JSON.stringify({ objects }));
  const source = needsSource(await readConfig(config, conventions), config);
  return withNeeds(await readObjectsOneByOne(files), source);
}

async function needsOf(entry: object) {
  const { objects } = await supplied([entry]);
  const [first, second] = objects;
  if (first?.needs === undefined || second?.needs !== undefined) throw new Error('needs of the first object alone');
  return first.needs;
}

async function refusal(...entries: readonly object[]): Promise<string> {
  const error: unknown = await supplied(entries).then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(error instanceof UsageError)) throw new Error(`no usage error for ${JSON.stringify(entries)}`);
  return `${error.message.replace(`${config}: `, '')} | ${error.next}`;
}

describe('what an object needs', () => {
  it('is given line by line, the loader last', async () => {
    const needs = await needsOf({
      loader: 'ebpf-go',
      programs: {
        on_function: { attach: 'vfs_unlink' },
        'on_*tracepoint': { autoload: true },
        unwanted: { autoload: false },
      },
      maps: {
        counts: { maxEntries: 16 },
        outer: { inner: 'counts' },
        shared: { inner: shape, pinned: { path: '/sys/fs/bpf/a/b', existing: { ...shape, flags: 1 } } },
      },
      rodata: { cleared: 16, owner: 'me' },
    });
    expect(needLines(needs)).toEqual([
      'attach on_function vfs_unlink',
      'autoload on_tracepoint 1',
      'autoload on_raw_tracepoint 1',
      'autoload unwanted 0',
      'size counts 16',
      'inner-like outer counts',
      'inner shared array 4 8 1 0',
      'pin shared /sys/fs/bpf/a/b',
      'existing shared array 4 8 1 1',
      'variable .rodata 0 10000000',
      'variable .rodata 4 6d65000000000000',
      'loader ebpf-go',
    ]);
    expect(sizeLines(needs)).toEqual(['size counts 16']);
    expect(describeNeeds(needs)).toEqual([
      'on_function: attached to vfs_unlink',
      'on_tracepoint: autoload on',
      'on_raw_tracepoint: autoload on',
      'unwanted: autoload off',
      'map counts: max_entries 16',
      'map outer: inner maps like counts',
      'map shared: inner maps like array (key_size 4, value_size 8, max_entries 1)',
      'map shared: pinned at /sys/fs/bpf/a/b, where there is one: array (key_size 4, value_size 8, max_entries 1, map_flags 1)',
      'cleared = 16',
      'owner = "me"',
    ]);
  });

  it('of several patterns is what the last one says', async () => {
    const programs = { '*': { autoload: false }, on_probe: { attach: 'vfs_read' }, 'on_*': { autoload: true } };
    const needs = (await needsOf({ programs })).programs;
    expect(needs.find(({ name }) => name === 'unwanted')).toEqual({ name: 'unwanted', autoload: false, attach: null });
    expect(needs.filter(({ name }) => name === 'on_probe')).toEqual([
      { name: 'on_probe', autoload: true, attach: 'vfs_read' },
    ]);
  });

  it('is nothing of an entry that says nothing, and a pattern is for several objects', async () => {
    expect(needLines(await needsOf({}))).toEqual([]);
    const path = join(process.cwd(), 'build/variants/needs_*.bpf.o');
    const { objects, notices } = await supplied([{ path, loader: 'ebpf-go' }]);
    expect([objects.map(({ needs }) => needs?.loader), notices]).toEqual([['ebpf-go', 'ebpf-go'], []]);
  });

  it('is noticed where no object of the run has it', async () => {
    const { objects, notices } = await supplied([{ path: 'elsewhere.bpf.o', programs: { anything: {} } }]);
    expect(objects.map(({ needs }) => needs)).toEqual([undefined, undefined]);
    expect(notices).toEqual([`${config}: objects.0: no object of this run is elsewhere.bpf.o`]);
  });

  it('of a file that is no object is left alone', async () => {
    const path = join(folder, 'none.bpf.o');
    await writeFile(path, 'nothing');
    const { objects } = await supplied([{ path, maps: { x: { maxEntries: 1 } } }], [given, path]);
    expect(objects.map(({ fault, needs }) => [fault === null, needs])).toEqual([
      [true, undefined],
      [false, undefined],
    ]);
  });

  it.each([
    [{ cleared: -1 }, 'ffffffff'],
    [{ cleared: 4294967295 }, 'ffffffff'],
    [{ cleared: { hex: '0A000000' } }, '0a000000'],
    [{ owner: 1 }, '0100000000000000'],
    [{ owner: -2 }, 'feffffffffffffff'],
    [{ owner: '1234567' }, '3132333435363700'],
  ])('%j are bytes', async (rodata, hex) => {
    expect((await needsOf({ rodata })).variables.map((variable) => variable.hex)).toEqual([hex]);
  });
});

describe('a target', () => {
  const target = (attach: object, program = 'replaces') => ({
    path: join(process.cwd(), 'build/variants/freplace.bpf.o'),
    programs: { [program]: { attach: { object: join(process.cwd(), freplaceTarget), program: 'entry', ...attach } } },
  });
  const files = ['build/variants/freplace.bpf.o'];
  const freplaceTarget = 'build/variants/freplace_target.bpf.o';

  it('is read with the object, and its function is the program where none is named', async () => {
    const { objects } = await supplied([target({}, '*')], files);
    const [{ needs, targets = [] } = { needs: undefined }] = objects;
    if (needs === undefined) throw new Error('no needs');
    const [{ sha256, bytes } = { sha256: '', bytes: Buffer.of() }] = targets;
    expect(bytes).toEqual(await readFile(freplaceTarget));
    const path = targetPath(sha256);
    expect(needLines(needs)).toEqual([
      `target replaces ${path} entry entry freplace_target.bpf.o`,
      `target traces ${path} entry entry freplace_target.bpf.o`,
    ]);
    expect(sizeLines(needs)).toEqual([]);
    expect(describeNeeds(needs)[0]).toMatch(
      /^replaces: attached to function entry of program entry of .*_target.bpf.o$/,
    );
  });

  it.each([
    [
      { object: join(process.cwd(), 'build/variants/freplace_taget.bpf.o') },
      '.attach.object: ',
      'freplace_target.bpf.o?',
    ],
    [{ program: 'entyr' }, '.attach.program: ', 'did you mean entry?'],
    [{ function: 'a b' }, '.attach', ''],
    [{ fnction: 'decide' }, '.attach', ''],
  ])('%j is not there', async (attach, message, next) => {
    const error: unknown = await supplied([target(attach)], files).catch((reason: unknown) => reason);
    if (!(error instanceof UsageError)) throw new Error('no usage error');
    expect(error.message).toContain(`${config}: objects.0.programs.replaces${message}`);
    expect(error.next).toContain(next);
  });

  it('is not for a program that is attached to none', async () => {
    const { programs } = target({}, 'on_probe');
    expect(await refusal({ programs })).toContain(
      'on_probe is in SEC("kprobe"), which is not attached to other programs',
    );
  });
});

describe('what cannot be given', () => {
  it.each([
    [{ programs: { on_functoin: {} } }, 'objects.0.programs.on_functoin', 'did you mean on_function?'],
    [{ programs: { 'x*': {} } }, 'has no program x*', 'it has on_function'],
    [{ maps: { count: {} } }, 'objects.0.maps.count: ', 'did you mean counts?'],
    [{ maps: { outer: { inner: 'cuonts' } } }, 'objects.0.maps.outer.inner: ', 'did you mean counts?'],
    [{ rodata: { clearde: 1 } }, 'objects.0.rodata.clearde: ', 'did you mean cleared?'],
    [{ rodata: { cleared: 4294967296 } }, '4294967296 does not fit into 4 bytes', 'give a smaller one'],
    [{ rodata: { cleared: -2147483649 } }, '-2147483649 does not fit into 4 bytes', ''],
    [{ rodata: { owner: 2 ** 60 } }, 'objects.0.rodata.owner: ', ''],
    [{ rodata: { cleared: true } }, 'true and false are one byte', 'give a number'],
    [{ rodata: { owner: '12345678' } }, 'the string has 9 bytes with its NUL, the variable 8', 'shorten it'],
    [{ rodata: { owner: { hex: '00' } } }, '1 bytes of hex, and the variable has 8', 'all of its bytes'],
    [{ rodata: { cleared: 1.5 } }, 'objects.0.rodata.cleared: neither a whole number', 'docs/configuration.md'],
    [{ programs: { on_tracepoint: { attach: 'sched_switch' } } }, "'sched_switch' is no tracepoint", 'category'],
    [{ programs: { on_probe: { attach: 'vfs/read' } } }, "'vfs/read' is no name of a function", 'without a category'],
    [{ programs: { on_probe: { attach: 'a b' } } }, 'objects.0.programs.on_probe.attach: neither', ''],
    [{ maps: { shared: { pinned: '/tmp/x' } } }, 'objects.0.maps.shared.pinned: ', ''],
    [{ maps: { shared: { pinned: '/sys/fs/bpf/../x' } } }, 'objects.0.maps.shared.pinned: ', ''],
    [{ maps: { counts: { maxEntries: 0 } } }, 'objects.0.maps.counts.maxEntries: ', ''],
    [{ loader: 'aya' }, 'objects.0.loader: ', ''],
    [{ program: {} }, "objects.0: there is no field 'program'", ''],
  ])('%j', async (entry, message, next) => {
    const words = await refusal(entry);
    expect(words).toContain(message);
    expect(words).toContain(next);
  });

  it('is given twice by two entries', async () => {
    expect(await refusal({}, {})).toMatch(/objects\.0 and objects\.1 are both about .*needs_given.bpf.o/);
  });
});
