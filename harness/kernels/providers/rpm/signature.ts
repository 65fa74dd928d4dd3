// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { UsageError } from '../../../model/errors.js';
import { hashBytes } from '../../cache/hash.js';
import { archiveSetting } from '../../families.js';
import type { KernelContext } from '../../context.js';
import { packageRoot } from '../../package-root.js';
import { runTool } from '../../tool.js';
import type { RpmFamily } from './family.js';
import { damaged, untrusted } from './source-failure.js';

/** The keys of a family: files with ASCII-armored keys, as rpm reads them. */
export type RpmKeys = readonly string[];

/** The configured file, or the family's keys as they come with us. */
export function familyKeys(family: RpmFamily, { catalog, settings }: KernelContext): RpmKeys {
  const own = settings[archiveSetting(family, 'Keyring')];
  if (own !== undefined) return [own];
  return catalog.families[family].keys.map((name) => join(packageRoot(), 'kernels', 'keys', name));
}

/** The keys as bytes, one file each. @throws UsageError for a file that has none. */
export function readKeys(keys: RpmKeys): Promise<readonly Buffer[]> {
  return Promise.all(keys.map(dearmored));
}

/**
 * Checks a detached signature with gpgv. `scratch` is a folder for the keys as gpgv reads them.
 * @throws DownloadError when it is not a good one of a key that is valid today; ToolMissingError.
 */
export async function checkSignature(
  file: string,
  signature: string,
  keys: RpmKeys,
  scratch: string,
  signal?: AbortSignal,
): Promise<void> {
  const keyring = join(scratch, 'keys.gpg');
  await writeFile(keyring, Buffer.concat(await readKeys(keys)));
  const args = ['--status-fd', '1', '--keyring', keyring, signature, file];
  const { exitCode, stdout, stderr } = await runTool('gpgv', args, signal ? { signal } : {});
  const states = [...stdout.matchAll(/^\[GNUPG:\] (\w+)/gm)].map(([, state = '']) => state);
  const bad = states.find((state) => /^(BADSIG|ERRSIG|EXPSIG|EXPKEYSIG|REVKEYSIG|NO_PUBKEY)$/.test(state));
  if (exitCode === 0 && bad === undefined && states.includes('GOODSIG') && states.includes('VALIDSIG')) return;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  throw untrusted(`${basename(file)}: its signature is not a good one of the family's key: ${bad ?? ''} ${said}`);
}

const next = 'Name a file that begins with -----BEGIN PGP PUBLIC KEY BLOCK-----.';

/** The bytes of every block of an ASCII-armored file (RFC 9580, section 6.2). @throws UsageError for another file. */
async function dearmored(path: string): Promise<Buffer> {
  const text = await readFile(path, 'latin1').catch((error: unknown) => {
    throw new UsageError({ message: `${path}: cannot be read: ${(error as Error).message}`, next, cause: error });
  });
  const block =
    /-----BEGIN PGP PUBLIC KEY BLOCK-----\r?\n(?:[^\r\n]+\r?\n)*\r?\n([A-Za-z0-9+/=\r\n]+?)(?:\r?\n=[^\r\n]{4})?\r?\n-----END/g;
  const blocks = [...text.matchAll(block)].map(([, body = '']) => Buffer.from(body, 'base64'));
  if (blocks.length > 0) return Buffer.concat(blocks);
  throw new UsageError({ message: `${path}: no ASCII-armored OpenPGP key`, next });
}

/**
 * Checks a package's own signature with rpmkeys, against these keys and no others: the database of keys is made in
 * `scratch`, and the host's is not asked.
 * @throws DownloadError naming the package; ToolMissingError.
 */
export async function checkPackage(file: string, keys: RpmKeys, scratch: string, signal?: AbortSignal): Promise<void> {
  const options = signal ? { signal } : {};
  const database = join(scratch, `rpmdb-${hashBytes(keys.join('\n')).slice(0, 8)}`);
  const own = ['--dbpath', database, '--define', '_pkgverify_level all'];
  if ((await mkdir(database, { recursive: true })) !== undefined) {
    const { exitCode, stderr } = await runTool('rpmkeys', [...own, '--import', ...keys], options);
    if (exitCode !== 0) throw untrusted(`${keys.join(', ')}: no key that rpm reads: ${stderr.trim()}`);
  }
  const { exitCode, stdout } = await runTool('rpmkeys', [...own, '--checksig', '--verbose', file], options);
  if (exitCode === 0) return;
  const said = stdout.split('\n').map((line) => line.trim());
  const [fault = 'no signature'] = said.filter((line) => /: (BAD|NOKEY|NOTFOUND|NOTTRUSTED)/.test(line));
  const message = `${basename(file)}: its signature is not a good one of the family's key: ${fault}`;
  throw /digest: BAD/.test(stdout) ? damaged(message) : untrusted(message);
}
