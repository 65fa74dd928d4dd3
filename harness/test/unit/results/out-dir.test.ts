// SPDX-License-Identifier: Apache-2.0
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, open, readdir, readFile, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { InfraError, UsageError } from '../../../model/errors.js';
import { openOutDir } from '../../../results/out-dir.js';
import { writeRunJson } from '../../../results/run-json.js';
import { allPass } from '../../fixtures/reports.js';

let parent: string;
let place: string;
beforeEach(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), 'out-dir-')));
  place = join(parent, 'latest');
});
afterEach(() => rm(parent, { recursive: true, force: true }));

/** Makes a committed report whose marker file says `words`. */
async function reportSaying(words: string): Promise<void> {
  const out = await openOutDir(place);
  await writeRunJson(out.staging, allPass());
  await writeFile(join(out.staging, 'marker'), words);
  await out.commit();
}

function marker(): Promise<string> {
  return readFile(join(place, 'marker'), 'utf8');
}

describe('a report folder', () => {
  it('appears whole at commit, and parents are made', async () => {
    place = join(parent, 'a/b/latest');
    const out = await openOutDir(place);
    await expect(access(place)).rejects.toThrow();
    await writeFile(join(out.staging, 'marker'), 'one');
    await out.commit();
    expect(await marker()).toBe('one');
    expect(await readdir(join(parent, 'a/b'))).toEqual(['latest']);
  });

  it('replaces the old report only at commit, and nothing of the old one stays', async () => {
    await reportSaying('old');
    await writeFile(join(place, 'only-in-old'), '');
    const out = await openOutDir(place);
    await writeFile(join(out.staging, 'marker'), 'new');
    expect(await marker()).toBe('old');
    await out.commit();
    expect(await readdir(place)).toEqual(['marker']);
    expect(await readdir(parent)).toEqual(['latest']);
  });

  it('takes the place of an empty folder', async () => {
    await mkdir(place);
    await reportSaying('one');
    expect(await marker()).toBe('one');
  });

  it('leaves the old report as it was when the new one is discarded, as often as one likes', async () => {
    await reportSaying('old');
    const out = await openOutDir(place);
    await writeFile(join(out.staging, 'marker'), 'new');
    await out.discard();
    await out.discard();
    expect(await marker()).toBe('old');
    expect(await readdir(parent)).toEqual(['latest']);
  });

  it('survives a discard after the commit', async () => {
    const out = await openOutDir(place);
    await out.commit();
    await out.discard();
    expect(await readdir(parent)).toEqual(['latest']);
  });

  it('keeps files that are open while it is put in place: a console log that still grows', async () => {
    const out = await openOutDir(place);
    const log = await open(join(out.staging, 'marker'), 'w');
    await log.write('before ');
    await out.commit();
    await log.write('after');
    await log.close();
    expect(await marker()).toBe('before after');
  });

  it('keeps the old report when the disk is full', async () => {
    await reportSaying('old');
    const out = await openOutDir(place);
    await symlink('/dev/full', join(out.staging, 'full'));
    await expect(writeFile(join(out.staging, 'full'), 'x')).rejects.toThrow(/ENOSPC/);
    await out.discard();
    expect(await marker()).toBe('old');
  });

  it('follows a link to the folder, which stays a link', async () => {
    await mkdir(join(parent, 'real'));
    await symlink('real', join(parent, 'link'));
    const out = await openOutDir(join(parent, 'link'));
    await writeFile(join(out.staging, 'marker'), 'one');
    await out.commit();
    expect(await readFile(join(parent, 'real/marker'), 'utf8')).toBe('one');
    expect((await readdir(parent)).sort()).toEqual(['link', 'real']);
  });
});

describe('two runs at once', () => {
  it('the last to commit wins whole', async () => {
    await reportSaying('old');
    const [first, second] = await Promise.all([openOutDir(place), openOutDir(place)]);
    await writeRunJson(first.staging, allPass());
    await writeFile(join(first.staging, 'only-in-first'), '');
    await writeFile(join(second.staging, 'marker'), 'second');
    await first.commit();
    await second.commit();
    expect(await readdir(place)).toEqual(['marker']);
    expect(await readdir(parent)).toEqual(['latest']);
  });

  it('ten that commit in the same moment leave one whole report and no litter', async () => {
    const outs = await Promise.all(Array.from({ length: 10 }, () => openOutDir(place)));
    for (const [n, out] of outs.entries()) {
      await writeRunJson(out.staging, allPass());
      await writeFile(join(out.staging, 'marker'), String(n));
      await writeFile(join(out.staging, `of-${n}`), '');
    }
    await Promise.all(outs.map((out) => out.commit()));
    expect((await readdir(place)).sort()).toEqual(['marker', `of-${await marker()}`, 'run.json'].sort());
    expect(await readdir(parent)).toEqual(['latest']);
  });

  it('never get in the way of each other, however close', async () => {
    const twenty = async (): Promise<void> => {
      for (let n = 0; n < 20; n++) await reportSaying('whole');
    };
    await Promise.all([twenty(), twenty(), twenty()]);
    expect(await marker()).toBe('whole');
    expect(await readdir(parent)).toEqual(['latest']);
  });
});

describe('what is left of runs that died', () => {
  const dead = 4_190_000;

  it('is swept when the process is gone, and only then', async () => {
    const kept = ['.latest.1-00ff.partial', `.other.${dead}-00ff.partial`, `.latest.${dead}-00ff.txt`];
    const namespace = `.latest.${dead}-1234-00ff.partial`;
    for (const name of [...kept, namespace, `.latest.${dead}-00ff.partial`]) {
      await mkdir(join(parent, name, 'inside'), { recursive: true });
    }
    await reportSaying('new');
    // One of another PID namespace may well be alive there.
    expect((await readdir(parent)).sort()).toEqual([...kept, namespace, 'latest'].sort());
  });

  it('is swept when the process is only a zombie', async () => {
    // The shell becomes a sleep that never waits for the child that was started before.
    const zombie = await startZombie();
    try {
      await mkdir(join(parent, `.latest.${zombie.pid}-00ff.partial`));
      await reportSaying('new');
      expect(await readdir(parent)).toEqual(['latest']);
    } finally {
      zombie.parent.kill();
    }
  });

  it('is put back when the run died in the middle of its commit', async () => {
    await reportSaying('old');
    const { rename } = await import('node:fs/promises');
    await rename(place, join(parent, `.latest.${dead}-00ff.old`));
    const out = await openOutDir(place);
    expect(await marker()).toBe('old');
    await out.discard();
    expect(await readdir(parent)).toEqual(['latest']);
  });
});

/** A process that has ended and that its parent does not wait for. */
async function startZombie(): Promise<{ readonly pid: string; readonly parent: ChildProcess }> {
  const shell = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [chunk] = (await once(shell.stdout, 'data')) as [Buffer];
  const pid = chunk.toString().trim();
  await vi.waitFor(async () => {
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/State:\s+Z/);
  });
  return { pid, parent: shell };
}

describe('a folder that is not ours', () => {
  async function refusal(dir: string): Promise<string> {
    const error: unknown = await openOutDir(dir).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).exitCode).toBe(2);
    expect((error as UsageError).next).toContain('--out');
    return (error as UsageError).message;
  }

  it.each([
    ['/', 'the root of the file system'],
    [homedir(), 'the home folder'],
    ['.', 'the working folder'],
    ['', 'the working folder'],
    // A clone that lies right in the home folder has it for a parent.
    ['..', resolve('..') === homedir() ? 'the home folder' : 'the working folder is inside it'],
    ['/proc', 'a mount point'],
    ['/proc/none/report', 'no report can be written there'],
  ])('%j is refused: %s', async (dir, reason) => {
    expect(await refusal(dir)).toContain(reason);
  });

  it('is refused when it holds files, and the files stay', async () => {
    await mkdir(place);
    await writeFile(join(place, 'thesis.txt'), 'years of work');
    expect(await refusal(place)).toContain('no run.json of ours');
    expect(await readdir(place)).toEqual(['thesis.txt']);
    expect(await readdir(parent)).toEqual(['latest']);
  });

  it("is refused when its run.json is another tool's", async () => {
    await mkdir(place);
    await writeFile(join(place, 'run.json'), '{"scripts":{}}');
    expect(await refusal(place)).toContain('no run.json of ours');
  });

  it('is refused when it is a file, is below one, or is a link to nowhere', async () => {
    await writeFile(place, '');
    expect(await refusal(place)).toContain('is a file');
    expect(await refusal(join(place, 'below'))).toMatch(/no report can be written there|ENOTDIR/);
    await symlink('nowhere', join(parent, 'link'));
    expect(await refusal(join(parent, 'link'))).toContain('a link to nowhere');
  });

  it('is refused at commit, too, when it came into being meanwhile', async () => {
    const out = await openOutDir(place);
    await mkdir(place);
    await writeFile(join(place, 'thesis.txt'), '');
    await expect(out.commit()).rejects.toThrow(UsageError);
    expect(await readdir(place)).toEqual(['thesis.txt']);
    await out.discard();
    expect(await readdir(parent)).toEqual(['latest']);
  });

  it('gets its old report back when the new one cannot be put in place', async () => {
    await reportSaying('old');
    const out = await openOutDir(place);
    await rm(out.staging, { recursive: true });
    await expect(out.commit()).rejects.toThrow(InfraError);
    expect(await marker()).toBe('old');
    expect(await readdir(parent)).toEqual(['latest']);
  });
});
