// SPDX-License-Identifier: Apache-2.0
import { access, constants, stat } from 'node:fs/promises';
import { basename, delimiter, join } from 'node:path';
import { UsageError } from '../model/errors.js';
import type { Upload } from '../model/agent.js';
import { readHostFile, readProgram } from './host-files.js';

/** A program of this host, ready to be run in a guest. */
export interface CommandProgram {
  /** As it is executed in the guest. */
  readonly argv: readonly [string, ...string[]];
  readonly uploads: readonly Upload[];
}

/** Where the program lies in the guest; the working folder of the command as well. */
export const commandFolder = '/command';

/**
 * Reads a program with its shared libraries, and the files it asks for (`GUEST=HOST`). A name without a slash is looked
 * up in PATH. Throws UsageError.
 */
export async function readCommand(
  words: readonly string[],
  files: readonly string[],
  path: string | undefined,
): Promise<CommandProgram> {
  const [name = '', ...rest] = words;
  const file = name.includes('/') ? name : await searched(name, path ?? '');
  const inGuest = `${commandFolder}/${basename(file)}`;
  const program = await readProgram(file, { place: 'command', path: inGuest, libraries: [] });
  const uploads = [...program.uploads, ...(await Promise.all(files.map(readUpload)))];
  const paths = uploads.map((upload) => upload.path);
  const twice = paths.find((one, index) => paths.indexOf(one) !== index);
  if (twice !== undefined) throw new UsageError({ message: `--file: two files would be ${twice} in the guest` });
  return { argv: [inGuest, ...rest], uploads };
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
  for (const folder of path.split(delimiter).filter((one) => one !== '')) {
    const file = join(folder, name);
    if (await isProgram(file)) return file;
  }
  throw new UsageError({
    message: `command: there is no program '${name}' in PATH`,
    next: `name its file: ./${name === '' ? 'my-test' : name}`,
  });
}

/** A folder may be executable too. */
async function isProgram(file: string): Promise<boolean> {
  try {
    await access(file, constants.X_OK);
    return (await stat(file)).isFile();
  } catch {
    return false;
  }
}
