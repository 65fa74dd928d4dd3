// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertReplaceable } from '../../../results/replaceable.js';
import { readConfig } from '../../../config/file.js';
import { objectFiles } from '../../../config/object-files.js';
import { readObjects } from '../../../config/objects.js';
import { conventions } from '../../../contracts/registry.js';
import { openCacheFolder } from '../../../cli/cache-folder.js';
import { ensureFolder } from '../../../proc/folders.js';
import { readRegularFile, readRegularText } from '../../../proc/regular-file.js';
import { assertScratchPlace, withScratchFolder } from '../../../proc/temp.js';
import { readRunJson } from '../../../results/run-json.js';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'regular-test-'));
  execFileSync('mkfifo', [at('fifo')]);
  await writeFile(at('file'), 'text');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('a file', () => {
  it('is read, a link to one and one without a size too', async () => {
    await symlink(at('file'), at('link'));
    expect(await readRegularText(at('link'))).toBe('text');
    expect((await readRegularFile('/proc/self/status')).length).toBeGreaterThan(100);
  });

  it('that is none is refused, and never waited for', async () => {
    const server = createServer().listen(at('socket'));
    try {
      for (const [name, kind] of [
        ['fifo', 'a FIFO, not a regular file'],
        ['socket', 'a socket, not a regular file'],
        ['.', 'a folder, not a file'],
      ] as const) {
        await expect(readRegularFile(at(name))).rejects.toMatchObject({ code: kind, message: `it is ${kind}` });
      }
      await expect(readRegularFile('/dev/zero')).rejects.toThrow('it is a device, not a regular file');
    } finally {
      server.close();
    }
  });

  it('of a terabyte of holes is refused before a byte is read', async () => {
    await truncate(at('file'), 2 ** 40);
    await expect(readRegularFile(at('file'))).rejects.toThrow('it is larger than 512 MiB');
  });
});

describe('where a file of the user is wanted, a FIFO is an error of the user', () => {
  it('as configuration', async () => {
    await expect(readConfig(at('fifo'), conventions)).rejects.toMatchObject({ exitCode: 2 });
  });

  it('as a report to read', async () => {
    await expect(readRunJson(at('fifo'))).rejects.toMatchObject({ exitCode: 2 });
  });

  it('among the objects of a folder, by a link: is none of them, whatever its name', async () => {
    await symlink(at('fifo'), at('x.o'));
    await expect(objectFiles('--object', [folder])).rejects.toMatchObject({ exitCode: 2 });
    await symlink(at('fifo'), at('x.bpf.o'));
    await expect(readObjects([at('x.bpf.o')])).rejects.toMatchObject({ exitCode: 2 });
  });

  it('as the run.json of a folder that is to be replaced: it is not ours', async () => {
    execFileSync('mkfifo', [at('run.json')]);
    await expect(assertReplaceable(folder)).rejects.toMatchObject({ exitCode: 2 });
  });
});

describe('a folder of the environment', () => {
  it.each(['/proc/x', '/dev/null', '/proc/self/status'])(
    'that cannot be at %s: is an error of the user',
    async (path) => {
      await expect(openCacheFolder({ XDG_CACHE_HOME: path })).rejects.toMatchObject({
        exitCode: 2,
        next: expect.stringContaining('XDG_CACHE_HOME') as string,
      });
      await expect(ensureFolder(join(path, 'a/b'))).rejects.toThrow();
    },
  );

  it('for temporary files, as a FIFO, a file, or nothing: is an error of the user', async () => {
    const before = process.env['TMPDIR'];
    try {
      for (const name of ['fifo', 'file', 'missing']) {
        process.env['TMPDIR'] = at(name);
        const refused = { exitCode: 2, message: expect.stringContaining(at(name)) as string };
        await expect(withScratchFolder('test', () => Promise.resolve())).rejects.toMatchObject(refused);
        await expect(assertScratchPlace()).rejects.toMatchObject(refused);
      }
    } finally {
      if (before === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = before;
    }
    await assertScratchPlace();
  });
});
