// SPDX-License-Identifier: Apache-2.0
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { runProgram } from '../../proc/run.js';
import { type Ends, type InjectedFault, type FaultKind, refused } from '../fault.js';
import { type Lab, loadArgs, type RunSettings, usualArgs } from '../lab.js';
import type { Random } from '../random.js';
import type { Ended } from '../running.js';

/** Nothing is waited for in a place that is no file. */
const deadline = 60_000;

type Thing = 'a fifo' | 'a folder' | 'a socket' | '/dev/null' | '/dev/zero' | 'a link to nothing' | 'an empty file';

async function put(thing: Thing, path: string): Promise<() => void> {
  await rm(path, { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  const run = async (program: string, ...args: readonly string[]): Promise<void> => {
    await runProgram(program, args);
  };
  if (thing === 'a fifo') await run('mkfifo', path);
  else if (thing === 'a folder') await mkdir(path);
  else if (thing === 'an empty file') await writeFile(path, '');
  else if (thing === 'a link to nothing') await run('ln', '-s', '/nothing/there', path);
  else if (thing === 'a socket') {
    const server = createServer().listen(path);
    await new Promise((resolve) => server.once('listening', resolve));
    return () => server.close();
  } else await run('ln', '-s', thing, path);
  return () => undefined;
}

interface Place {
  readonly name: string;
  readonly path: (lab: Lab) => string;
  readonly settings: (path: string, lab: Lab) => RunSettings;
}

const places: readonly [Place, ...Place[]] = [
  { name: 'the cache', path: ({ cache }) => cache, settings: () => ({}) },
  { name: 'the kernels', path: ({ cache }) => join(cache, 'kernels'), settings: () => ({}) },
  { name: 'the snapshots', path: ({ cache }) => join(cache, 'snapshots'), settings: () => ({}) },
  { name: 'the runs', path: ({ cache }) => join(cache, 'runs'), settings: () => ({}) },
  { name: 'the images', path: ({ cache }) => join(cache, 'images'), settings: () => ({}) },
  { name: 'TMPDIR', path: ({ folder }) => join(folder, 'other-tmp'), settings: (path) => ({ env: { TMPDIR: path } }) },
  { name: 'the report folder', path: ({ out }) => out, settings: () => ({}) },
  {
    name: 'the object',
    path: ({ folder }) => join(folder, 'object.bpf.o'),
    settings: (path, { out }) => ({ args: [...loadArgs, '--out', out, '--object', path] }),
  },
  {
    name: 'the configuration',
    path: ({ folder }) => join(folder, 'given.json'),
    settings: (path, { out }) => ({ args: [...usualArgs, '--out', out, '--config', path] }),
  },
];

function special(random: Random): InjectedFault {
  const place = random.oneOf(places);
  const thing = random.oneOf<Thing>([
    ...(['a fifo', 'a folder', 'a socket', '/dev/null'] as const),
    ...(['/dev/zero', 'a link to nothing', 'an empty file'] as const),
  ]);
  return {
    what: `${thing} in place of ${place.name}`,
    ends: { codes: [0, 2, 3], passes: place.name === 'the object' ? 'its own' : 'usual' },
    inject: async (lab) => {
      const path = place.path(lab);
      const close = await put(thing, path);
      try {
        return await lab.start({ ...place.settings(path, lab), deadline }).ended;
      } finally {
        close();
      }
    },
    undo: (lab) => rm(place.path(lab), { recursive: true, force: true }),
  };
}

/** Where nobody can make a folder. */
function nowhere(random: Random): InjectedFault {
  const path = random.oneOf(['/proc/x', '/dev/null/x', '/sys/x', '/proc/self/fd/0']);
  const name = random.oneOf(['XDG_CACHE_HOME', 'TMPDIR', '--out']);
  const at = (lab: Lab): RunSettings =>
    name === '--out'
      ? { args: [...usualArgs, '--out', path] }
      : { env: { [name]: path }, args: [...usualArgs, '--out', lab.out] };
  return {
    what: `${name} is ${path}`,
    ends: refused,
    inject: (lab) => lab.start({ ...at(lab), deadline }).ended,
  };
}

/** A run in a mount namespace of its own, where `prepare` is done first. */
function mounted(lab: Lab, prepare: string): Promise<Ended> {
  return lab.start({ through: ['unshare', '-m', 'sh', '-ec', `${prepare}; exec "$@"`, 'sh'] }).ended;
}

/** The same on a small disk for the report folder, from which everything is taken out again. */
function onSmallDisk({ reports, start }: Lab, size: string): Promise<Ended> {
  const script = [
    `mkdir ${reports}-kept; mount --bind ${reports} ${reports}-kept; mount -t tmpfs -o size=${size} none ${reports}`,
    'code=0; "$@" || code=$?',
    `cp -a ${reports}/. ${reports}-kept; exit $code`,
  ];
  return start({ through: ['unshare', '-m', 'sh', '-ec', script.join('; '), 'sh'] }).ended;
}

function readOnly(random: Random): InjectedFault {
  const part = random.oneOf(['', 'snapshots', 'images', 'kernels']);
  return {
    what: `the cache is read-only${part === '' ? '' : `: ${part}`}`,
    ends: refused,
    inject: (lab) => {
      const path = join(lab.cache, part);
      return mounted(lab, `mount --bind ${path} ${path}; mount -o remount,ro,bind ${path}`);
    },
  };
}

const full: Ends = { codes: [0, 3], passes: 'usual', mayLeave: true };

function diskFull(random: Random): InjectedFault {
  const [name, at] = random.oneOf<readonly [string, (lab: Lab) => string]>([
    ['report', ({ reports }) => reports],
    ['temporary files', ({ temporary }) => temporary],
    ['snapshots', ({ cache }) => join(cache, 'snapshots')],
    ['images', ({ cache }) => join(cache, 'images')],
  ]);
  const kib = random.oneOf([0, 4, 8, 16, 40, 100, 400]);
  const size = Math.max(4, kib);
  return {
    what: `a disk of ${kib} KiB for ${name}`,
    ends: full,
    inject: (lab) => {
      const fill = kib === 0 ? `; dd if=/dev/zero of=${at(lab)}/fill bs=1k 2>/dev/null || true` : '';
      if (name === 'report') return onSmallDisk(lab, `${size}k`);
      return mounted(lab, `mount -t tmpfs -o size=${size}k none ${at(lab)}${fill}`);
    },
  };
}

export const placeKinds: readonly FaultKind[] = [
  { name: 'special-file', about: 'FIFOs, folders, sockets and devices in place of files', share: 14, choose: special },
  { name: 'nowhere', about: 'a cache, TMPDIR or report where nothing can be made', share: 4, choose: nowhere },
  { name: 'read-only', about: 'a cache that is read-only', share: 4, choose: readOnly },
  { name: 'disk-full', about: 'a small disk for the report, temporary files, the cache', share: 8, choose: diskFull },
];
