// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import { UsageError } from '../model/errors.js';
import type { Upload } from '../model/agent.js';
import { programInPath } from '../proc/in-path.js';
import { readHostFile, readProgram } from './host-files.js';
import type { Target } from '../target.js';
import { shebangOf } from './shebang.js';
import { readToolbox, type Toolbox, type ToolboxSource } from './toolbox.js';

/** A program of this host, ready to be run in a guest. */
export interface CommandProgram {
  /** The architecture of the kernels that it runs on. */
  readonly target: Target;
  /** As it is executed in the guest. */
  readonly argv: readonly [string, ...string[]];
  readonly uploads: readonly Upload[];
  /** What it finds there besides; null for nothing. */
  readonly toolbox: Toolbox | null;
}

/** Programs of this host that a command calls; null for a command that brings all it needs. */
export type WantedTools = readonly string[] | null;

/** Where the program lies in the guest; the working folder of the command as well. */
export const commandFolder = '/command';

/**
 * Reads a program with its shared libraries, and the files it asks for (`GUEST=HOST`). A name without a slash is looked
 * up in PATH. With tools it may be a script for guests of `target`, whose interpreter is brought along. Throws UsageError.
 */
export async function readCommand(
  words: readonly string[],
  { files, tools, ...source }: ToolboxSource & { readonly files: readonly string[]; readonly tools: WantedTools },
): Promise<CommandProgram> {
  const [name = '', ...rest] = words;
  const file = name.includes('/') ? name : await searched(name, source.path);
  const inGuest = `${commandFolder}/${basename(file)}`;
  const read = await (tools === null ? readAlone(file, inGuest) : readWithTools(file, inGuest, tools, source));
  const uploads = [...read.uploads, ...(await readUploads(files))];
  const paths = uploads.map((upload) => upload.path);
  const twice = paths.find((one, index) => paths.indexOf(one) !== index);
  if (twice !== undefined)
    throw new UsageError({ message: `--file: two files would be ${twice} in the guest`, next: 'name each once' });
  return { target: read.target, argv: [...read.argv, ...rest], uploads, toolbox: read.toolbox };
}

async function readAlone(file: string, inGuest: string): Promise<CommandProgram> {
  const { target, uploads } = await readProgram(file, { place: 'command', path: inGuest, libraries: [] });
  return { target, argv: [inGuest], uploads, toolbox: null };
}

/** A script is a file of its interpreter's. */
async function readWithTools(
  file: string,
  inGuest: string,
  tools: readonly string[],
  source: ToolboxSource,
): Promise<CommandProgram> {
  const { bytes } = await readHostFile(file, 'command');
  const isScript = bytes.toString('latin1', 0, 2) === '#!';
  const shebang = isScript ? shebangOf(bytes) : null;
  const place = 'command --with-libs';
  const alone = isScript ? null : await readAlone(file, inGuest);
  // A program says itself what it is for, a script runs wherever its interpreter does.
  const target = alone?.target ?? source.target;
  const called = [...tools, ...(shebang === null ? [] : [shebang.program])];
  const toolbox = await readToolbox(place, called, { ...source, target });
  if (alone !== null) return { ...withoutDoubles(alone, toolbox), toolbox };
  const interpreter = shebang === null ? '/bin/sh' : (toolbox.programs.get(shebang.program) ?? '/bin/sh');
  const uploads = [{ path: inGuest, bytes, mode: 0o755 }];
  return { target, argv: [interpreter, ...(shebang?.words ?? []), inGuest], uploads, toolbox };
}

/** A library that the toolbox has, too, is the same file. */
function withoutDoubles({ target, argv, uploads }: CommandProgram, toolbox: Toolbox): Omit<CommandProgram, 'toolbox'> {
  const there = new Set(toolbox.uploads.map((upload) => upload.path));
  return { target, argv, uploads: uploads.filter((upload) => !there.has(upload.path)) };
}

/** Files that are named as `GUEST=HOST`. Throws UsageError. */
export function readUploads(files: readonly string[]): Promise<readonly Upload[]> {
  return Promise.all(files.map(readUpload));
}

async function readUpload(text: string): Promise<Upload> {
  const [, path, file] = /^(\/[^=]+)=(.+)$/.exec(text) ?? [];
  if (path === undefined || file === undefined || path.endsWith('/')) {
    throw new UsageError({
      message: `--file takes GUEST=HOST with an absolute path in the guest, not '${text}'`,
      next: 'for example --file /etc/my.conf=my.conf',
    });
  }
  return { path, ...(await readHostFile(file, '--file')) };
}

async function searched(name: string, path: string): Promise<string> {
  const found = await programInPath(name, path);
  if (found !== null) return found;
  throw new UsageError({
    message: `command: there is no program '${name}' in PATH`,
    next: `name its file: ./${name === '' ? 'my-test' : name}`,
  });
}
