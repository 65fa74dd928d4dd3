// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import type { Upload } from '../model/agent.js';
import { UsageError } from '../model/errors.js';
import { programInPath } from '../proc/in-path.js';
import { readProgram } from './host-files.js';

/** What a guest gets so that people and scripts can work in it. */
export interface Toolbox {
  readonly uploads: readonly Upload[];
  /** What has to be run in the guest before anything of it is there, in order. */
  readonly install: readonly (readonly [string, ...string[]])[];
  /** Where the programs that were named lie in the guest, by the names they were asked for. */
  readonly programs: ReadonlyMap<string, string>;
}

const busybox = '/bin/busybox';
/** Where busybox puts its links, and where programs of the host are found. */
const folders = ['/bin', '/sbin', '/usr/bin', '/usr/sbin', '/usr/local/bin'];

export const toolboxPath = ['/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'].join(':');

/** In a cgroup of its own, and not in the root one, where nobody is exempt. */
const inCgroup = `#!/bin/busybox sh
# in-cgroup NAME COMMAND [ARG...]: runs a command in the cgroup NAME, which is made where it is missing.
[ $# -ge 2 ] || { echo "usage: in-cgroup NAME COMMAND [ARG...]" >&2; exit 2; }
folder=/sys/fs/cgroup/$1
shift
/bin/busybox mkdir -p "$folder" && echo $$ >"$folder/cgroup.procs" || exit 126
exec "$@"
`;

/**
 * busybox of this host with a link for each of its programs, `in-cgroup`, and the programs that are named, each with its
 * libraries, where they lie on this host. @throws UsageError for a program that is not there.
 */
export async function readToolbox(place: string, programs: readonly string[], path: string): Promise<Toolbox> {
  const box = await found('busybox', path);
  if (box === null) {
    throw new UsageError({
      message: `${place}: there is no busybox on this host, of which the guest's programs are made`,
      next: 'apt-get install busybox-static',
    });
  }
  const uploads = new Map<string, Upload>();
  const take = async (file: string, inGuest: string): Promise<void> => {
    const program = await readProgram(file, { place, path: inGuest, libraries: [] });
    for (const upload of program.uploads) if (!uploads.has(upload.path)) uploads.set(upload.path, upload);
  };
  await take(box, busybox);
  const placed = new Map<string, string>();
  for (const name of programs) {
    const file = await found(name, path);
    if (file === null) {
      const message = `${place}: there is no program '${name}' on this host`;
      throw new UsageError({ message, next: 'install it, or name its file: --tool ./NAME' });
    }
    placed.set(name, resolve(file));
    await take(file, resolve(file));
  }
  const script = { path: '/usr/local/bin/in-cgroup', bytes: Buffer.from(inCgroup), mode: 0o755 };
  const make = [busybox, 'mkdir', '-p', ...folders, '/root', '/etc', '/mnt'] as const;
  // Links never take the place of a program that was brought along.
  const kept = [...uploads.keys()].filter((one) => folders.some((folder) => one.startsWith(`${folder}/`)));
  return {
    uploads: [...uploads.values(), script],
    install: [make, [busybox, 'sh', '-c', linkScript(kept)]],
    programs: placed,
  };
}

/**
 * A link for each program of busybox where nothing lies: `busybox --install` would take the place of what is there. What was
 * brought along is found with and without /usr, as on a host where both are one.
 */
function linkScript(kept: readonly string[]): string {
  const own = kept.map((path) => `link ${path} ${path.startsWith('/usr/') ? path.slice(4) : `/usr${path}`}`);
  return [
    `link() { ${busybox} test -e "$2" || ${busybox} ln -s "$1" "$2"; }`,
    ...own,
    `for one in $(${busybox} --list-full); do link ${busybox} "/$one"; done`,
    // Every other sh is the one that scripts ask for; some builds of busybox have none of these.
    `for one in /bin/sh /usr/bin/env; do link ${busybox} $one; done`,
  ].join('\n');
}

/** A path is itself; a name is looked up in PATH and where root's programs are. */
async function found(name: string, path: string): Promise<string | null> {
  return name.includes('/') ? name : await programInPath(name, path, ['/usr/sbin', '/sbin']);
}
