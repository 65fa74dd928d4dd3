// SPDX-License-Identifier: Apache-2.0
import { access } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Upload } from '../model/agent.js';
import { UsageError } from '../model/errors.js';
import { programInPath } from '../proc/in-path.js';
import { hostTarget, type Target } from '../target.js';
import { readProgram } from './host-files.js';
import { builtFor } from './libbpf.js';

/** What a guest gets so that people and scripts can work in it. */
export interface Toolbox {
  readonly uploads: readonly Upload[];
  /** What has to be run in the guest before anything of it is there, in order. */
  readonly install: readonly (readonly [string, ...string[]])[];
  /** Where the programs that were named lie in the guest, by the names they were asked for. */
  readonly programs: ReadonlyMap<string, string>;
}

/** Where a toolbox comes from. */
export interface ToolboxSource {
  /** PATH of this host. */
  readonly path: string;
  /** The architecture of the guest. */
  readonly target: Target;
  /** What is built for the host's own architecture; for others in a folder below. */
  readonly built: string;
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
 * busybox with a link for each of its programs, `in-cgroup`, and the programs that are named, each with its libraries, where
 * they lie on this host. @throws UsageError for a program that is not there, or is for another architecture than the guest.
 */
export async function readToolbox(
  place: string,
  programs: readonly string[],
  { path, target, built }: ToolboxSource,
): Promise<Toolbox> {
  const box = await busyboxFor(place, { path, target, built });
  const uploads = new Map<string, Upload>();
  const take = async (file: string, inGuest: string): Promise<void> => {
    const program = await readProgram(file, { place, path: inGuest, libraries: [] });
    if (program.target !== target) throw otherArchitecture(place, file, program.target, target);
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

/** This host's own; for guests of another architecture the one that bootstrap has put beside what is built for them. */
async function busyboxFor(place: string, { path, target, built }: ToolboxSource): Promise<string> {
  if (target !== hostTarget) {
    const file = join(builtFor(target, built), 'busybox');
    if (await isThere(file)) return file;
    throw new UsageError({
      message: `${place}: ${file} is not there, of which the programs of a guest of ${target.title} are made`,
      next: `run scripts/bootstrap ${target.name}`,
    });
  }
  const own = await found('busybox', path);
  if (own !== null) return own;
  throw new UsageError({
    message: `${place}: there is no busybox on this host, of which the guest's programs are made`,
    next: 'apt-get install busybox-static',
  });
}

function isThere(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

function otherArchitecture(place: string, file: string, own: Target, guest: Target): UsageError {
  return new UsageError({
    message: `${place}: ${file} is built for ${own.title}, and the guest is ${guest.title}`,
    next: `name the file of one that is built for ${guest.title}, or do without it`,
  });
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
