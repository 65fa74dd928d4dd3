// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { conventions } from '../../../contracts/registry.js';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../config/file.js';
import { pinnedBuild } from '../../../config/libbpf.js';
import { makePrerequisites, watchTarget } from '../../../config/watch.js';
import { hostTarget, targetNames } from '../../../target.js';
import { UsageError } from '../../../model/errors.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'watch-config-'));
  for (const folder of ['build/variants', 'bpf/aegis', 'theirs/src'])
    await mkdir(join(root, folder), { recursive: true });
  await writeFile(join(root, 'theirs', 'one.h'), '');
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('a dependency file', () => {
  it('names the prerequisites of its first rule, over several lines', () => {
    const text = 'out/a.o: src/a.c \\\n  src/b.h \\\n\tsrc/c.h\nsrc/b.h:\nsrc/c.h:\n';
    expect(makePrerequisites(text)).toEqual(['src/a.c', 'src/b.h', 'src/c.h']);
  });

  it('takes spaces, colons and dollars as the compiler escapes them', () => {
    expect(makePrerequisites('a\\:b.o: my\\ file.c c:d.h x$$y.h\n')).toEqual(['my file.c', 'c:d.h', 'x$y.h']);
  });

  it('is empty for nothing', () => {
    expect(makePrerequisites('')).toEqual([]);
    expect(makePrerequisites('a.o:\n')).toEqual([]);
  });
});

describe('what is watched', () => {
  const places = () => ({ root, build: pinnedBuild(root), folder: join(root, 'theirs'), configFile: 'theirs.json' });

  it('is every source that the compiler read for an object of ours, system headers left out', async () => {
    const object = join(root, 'build/aegis.bpf.o');
    const source = join(root, 'bpf/aegis/aegis.bpf.c');
    await writeFile(`${object}.d`, `${object}: ${source} bpf/aegis/maps.h /usr/include/linux/bpf.h\n`);
    const target = await watchTarget({}, [object], places());
    expect(target.build?.argv).toEqual(['make', '-C', join(root, 'bpf'), object]);
    expect(await target.watched()).toEqual({
      files: [join(root, 'bpf/Makefile'), source, join(root, 'bpf/aegis/maps.h')],
      folders: [],
    });
  });

  it('is built for the architecture whose folder the object is in, and for one at a time', async () => {
    const other = targetNames.find((name) => name !== hostTarget.name) ?? '';
    const object = join(root, 'build', other, 'aegis.bpf.o');
    const target = await watchTarget({}, [object], places());
    expect(target.build?.argv).toEqual(['make', '-C', join(root, 'bpf'), `ARCH=${other}`, object]);
    const both = watchTarget({}, [object, join(root, 'build/aegis.bpf.o')], places());
    await expect(both).rejects.toThrow('watch builds objects of one architecture at a time');
  });

  it('is asked anew after each build', async () => {
    const object = join(root, 'build/variants/x.bpf.o');
    await writeFile(`${object}.d`, `${object}: ${root}/x.c\n`);
    const target = await watchTarget({}, [object], places());
    await writeFile(`${object}.d`, `${object}: ${root}/x.c ${root}/y.h\n`);
    expect((await target.watched()).files).toContain(join(root, 'y.h'));
  });

  it('is the object itself where nobody says how to build it', async () => {
    const target = await watchTarget({}, ['/somewhere/their.bpf.o'], places());
    expect(target.build).toBeNull();
    expect(await target.watched()).toEqual({ files: ['/somewhere/their.bpf.o'], folders: [] });
  });

  it('is what a configuration names, files and folders, below its own folder', async () => {
    const watch = { build: ['make', 'out.o'] as [string, string], sources: ['src', 'one.h'] as [string, string] };
    const target = await watchTarget({ watch }, ['out.o'], places());
    expect(target.build).toEqual({ argv: ['make', 'out.o'], cwd: join(root, 'theirs') });
    expect(await target.watched()).toEqual({
      files: [join(root, 'theirs/one.h')],
      folders: [join(root, 'theirs/src')],
    });
  });

  it('must be there', async () => {
    const watch = { build: ['make'] as [string], sources: ['gone'] as [string] };
    const error: unknown = await watchTarget({ watch }, ['out.o'], places()).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).message).toContain('theirs.json: watch.sources: gone cannot be read');
    const unbuilt = await watchTarget({}, [join(root, 'build/never.bpf.o')], places());
    await expect(unbuilt.watched()).rejects.toThrow('has not been built');
  });

  it('has a command and sources, or is refused', async () => {
    const file = join(root, 'matrix.config.json');
    await writeFile(file, JSON.stringify({ watch: { build: [], sources: ['src'] } }));
    await expect(readConfig(file, conventions)).rejects.toThrow('watch.build');
  });
});
