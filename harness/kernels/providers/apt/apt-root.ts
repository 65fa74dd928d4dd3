// SPDX-License-Identifier: Apache-2.0
import { createReadStream } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError } from '../../../proc/run.js';
import { type IndexEntry, parsePackages } from './packages-index.js';
import type { Target } from '../../../target.js';
import { runTool } from '../../tool.js';
import { type AptFailure, classifyApt } from './apt-errors.js';
import { hostConnection } from './host-apt.js';
import { describeWait, retried, timed } from './retry.js';

/** One suite of one archive, as apt is given it. */
export interface AptSource {
  readonly target: Target;
  readonly uri: string;
  readonly suite: string;
  readonly components: readonly string[];
  readonly keyring: string;
  readonly expires: boolean;
  /** Seconds of silence after which an archive counts as away. */
  readonly patience: number;
}

/** Milliseconds for a whole index or package; a dead host is noticed far earlier, by apt's own timeouts. */
const updateLimit = 180_000;
const downloadLimit = 900_000;

/**
 * Lays out a private apt state in `folder`: its own lists, cache, empty dpkg status and only this source, with the
 * family's keyring as the only key. Of the host's apt.conf how archives are reached stays in force, and nothing else.
 */
export async function makeAptRoot(folder: string, source: AptSource): Promise<void> {
  await mkdir(join(folder, 'lists', 'partial'), { recursive: true });
  await mkdir(join(folder, 'cache', 'archives', 'partial'), { recursive: true });
  await writeFile(join(folder, 'status'), '');
  await writeFile(join(folder, 'archive.sources'), sourcesFile(source));
  await writeFile(join(folder, 'apt.conf'), aptConfiguration(folder, source, await hostConnection()));
}

/** The one deb822 stanza. `Targets` keeps hosts with AppStream or command-not-found from fetching those as well. */
function sourcesFile(source: AptSource): string {
  return [
    'Types: deb',
    `URIs: ${source.uri}`,
    `Suites: ${source.suite}`,
    `Components: ${source.components.join(' ')}`,
    `Architectures: ${source.target.debArchitecture}`,
    'Targets: Packages',
    'Languages: none',
    `Signed-By: ${source.keyring}`,
    ...(source.expires ? [] : ['Check-Valid-Until: no']),
    '',
  ].join('\n');
}

/** Named by APT_CONFIG, which apt reads first: with it the host's own apt.conf is no longer read. */
function aptConfiguration(
  folder: string,
  { target, patience }: Pick<AptSource, 'target' | 'patience'>,
  connection: readonly string[],
): string {
  const values: Readonly<Record<string, string>> = {
    'Dir::Etc::main': '/dev/null',
    'Dir::Etc::parts': '/dev/null',
    'Dir::State::lists': join(folder, 'lists'),
    'Dir::State::status': join(folder, 'status'),
    'Dir::Cache': join(folder, 'cache'),
    // Written for the next apt, of which there is one download at most.
    'Dir::Cache::pkgcache': '',
    'Dir::Cache::srcpkgcache': '',
    'Dir::Etc::sourcelist': join(folder, 'archive.sources'),
    'Dir::Etc::sourceparts': '/dev/null',
    'Dir::Etc::preferences': '/dev/null',
    'Dir::Etc::preferencesparts': '/dev/null',
    'Dir::Etc::trusted': '/dev/null',
    'Dir::Etc::trustedparts': '/dev/null',
    'APT::Architecture': target.debArchitecture,
    'APT::Architectures': target.debArchitecture,
    'APT::Update::Error-Mode': 'any',
    // Without this, root's apt changes to the user _apt, who may not enter the caller's cache folder.
    'APT::Sandbox::User': 'root',
    'APT::Get::AllowUnauthenticated': 'false',
    'Acquire::AllowInsecureRepositories': 'false',
    'Acquire::AllowDowngradeToInsecureRepositories': 'false',
    'Acquire::AllowWeakRepositories': 'false',
    'Acquire::Check-Date': 'true',
    'Acquire::Check-Valid-Until': 'true',
    'Acquire::https::Verify-Peer': 'true',
    'Acquire::https::Verify-Host': 'true',
    'Acquire::GzipIndexes': 'false',
    'Acquire::Languages': 'none',
    // apt itself asks a silent server twice, so this is half of the time until it is given up.
    'Acquire::http::Timeout': String(patience),
    'Acquire::https::Timeout': String(patience),
    // The only way to learn what Retry-After a server sent.
    'Debug::Acquire::http': 'true',
    'Debug::Acquire::https': 'true',
  };
  return [...connection, ...Object.entries(values).map(([name, value]) => `${name} "${value}";`), ''].join('\n');
}

/** Fetches the signed index of the root's suite, asking once; null when it is there. */
export function updateIndex(folder: string, signal?: AbortSignal): Promise<AptFailure | null> {
  return apt(folder, ['-o', 'Acquire::Retries=0', 'update'], { timeout: updateLimit, ...(signal ? { signal } : {}) });
}

/** The kernel packages in an index that was fetched. */
export async function readIndex(folder: string): Promise<IndexEntry[]> {
  const lists = join(folder, 'lists');
  const names = (await readdir(lists)).filter((name) => name.endsWith('_Packages'));
  const entries = await Promise.all(names.map((name) => entriesIn(join(lists, name))));
  return entries.flat();
}

/** Bytes of an index that are looked at together: a main index has 60 MB, and several are read at the same time. */
const portion = 1 << 20;

async function entriesIn(path: string): Promise<IndexEntry[]> {
  const found: IndexEntry[] = [];
  let rest = '';
  // What is wanted of an entry is ASCII.
  for await (const text of createReadStream(path, { encoding: 'latin1', highWaterMark: portion })) {
    rest += String(text);
    const end = rest.lastIndexOf('\n\n') + 1;
    found.push(...parsePackages(rest.slice(0, end)));
    rest = rest.slice(end);
  }
  return [...found, ...parsePackages(rest)];
}

/** Whom a download may have to wait for, and who is told. */
export interface WaitedFor {
  readonly host: string;
  readonly onStep: ((text: string) => void) | undefined;
}

/** Downloads exact versions into `into`; apt checks them against the signed index. Null when all of them arrived. */
export function downloadDebs(
  folder: string,
  entries: readonly Pick<IndexEntry, 'package' | 'version'>[],
  into: string,
  signal?: AbortSignal,
  who?: WaitedFor,
): Promise<AptFailure | null> {
  const wanted = entries.map((entry) => `${entry.package}=${entry.version}`);
  const options = { cwd: into, timeout: downloadLimit, ...(signal ? { signal } : {}) };
  let waited = 0;
  const pause = async (ms: number, failure: AptFailure): Promise<void> => {
    if (who !== undefined && failure.kind === 'busy') who.onStep?.(describeWait(who.host, ms, failure));
    waited += ms;
    await sleep(ms, undefined, signal ? { signal } : {});
  };
  return retried(() => timed(() => apt(folder, ['-o', 'Acquire::Retries=2', 'download', ...wanted], options)), {
    pause,
    waited: () => waited,
  });
}

/** Null when apt succeeded. */
async function apt(
  folder: string,
  words: readonly string[],
  options: { readonly cwd?: string; readonly timeout: number; readonly signal?: AbortSignal },
): Promise<AptFailure | null> {
  try {
    const env = { APT_CONFIG: join(folder, 'apt.conf') };
    const { exitCode, stdout, stderr } = await runTool('apt-get', ['-q', ...words], { ...options, env });
    // What apt itself has to say comes last, after the requests and answers that it was told to print.
    const own = stderr.slice(/^[EWN]: /m.exec(stderr)?.index ?? 0);
    return exitCode === 0 ? null : classifyApt(`${stdout}\n${own}`, stderr);
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const detail = error.reason === 'timeout' ? `no end within ${options.timeout / 1000} s` : error.message;
    return { kind: 'unreachable', detail };
  }
}
