// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { parseChoice } from '../config/values.js';
import { UsageError } from '../model/errors.js';
import { writeFileAtomic } from '../proc/atomic.js';
import { fileDestination, folderDestination, streamDestination, type Surface, type TextStream } from './destination.js';
import { reporterNames, type ReporterName } from './names.js';
import { folderReporters, registry } from './registry.js';
import type { Reporter, ReportKind } from './reporter.js';

/** One reporter of a command, and where it writes. */
export interface Selected {
  readonly name: ReporterName;
  readonly target: Target;
}

type Target =
  | { readonly kind: 'folder' | 'stdout' | 'stderr' | 'runner' }
  /** A file of the user's, or a folder for a reporter that writes several. Absolute. */
  | { readonly kind: 'path'; readonly path: string };

export interface ReporterRequest {
  /** Each --reporter, in order: `junit`, `junit=FILE`, `junit=-`. */
  readonly named: readonly string[];
  /** --json, which is `json=-`. */
  readonly json: boolean;
  /** Who follows the command where none is named. */
  readonly follower: 'terminal' | 'plain';
}

const option = '--reporter';

/**
 * What --reporter and --json come to for one kind of report: who follows the command, who writes the report folder, and
 * who writes elsewhere. At most one writes to stdout; who follows then goes to stderr.
 * @throws UsageError for a name, a file or a combination that makes no sense.
 */
export function selectReporters(kind: ReportKind, { named, json, follower }: ReporterRequest): readonly Selected[] {
  const asked = [...named.map((text) => parse(text, kind)), ...(json ? [{ name: 'json', file: '-' } as const] : [])];
  const following = asked.filter(follows);
  const written = asked.filter((one) => !follows(one)).map((one) => ({ name: one.name, target: targetOf(one, kind) }));
  const printed = written.filter(({ target }) => target.kind === 'stdout');
  const explicit = following.filter(({ file }) => file === '-');
  checkOne('stdout', [...explicit, ...printed]);
  checkOne('the terminal', following);
  const own = folderReporters[kind].map((name) => ({ name, target: { kind: 'folder' } as const }));
  const more = written.filter(({ name, target }) => target.kind !== 'folder' || !folderReporters[kind].includes(name));
  const selected = [...own, ...more, ...followersOf(kind, following, { printed: printed.length > 0, follower })];
  checkPaths(selected);
  return selected;
}

interface Parsed {
  readonly name: ReporterName;
  /** `-` is stdout; null when none was named. */
  readonly file: string | null;
}

function parse(text: string, kind: ReportKind): Parsed {
  const at = text.indexOf('=');
  const name = parseChoice(option, at < 0 ? text : text.slice(0, at), reporterNames);
  const file = at < 0 ? null : text.slice(at + 1);
  const able = reporterNames.filter((one) => registry[one].kinds[kind] !== undefined);
  if (!able.includes(name)) {
    throw new UsageError({ message: `${option} ${name} cannot report a ${kind}`, next: `one of ${able.join(', ')}` });
  }
  if (file === '')
    throw new UsageError({ message: `${option} ${text} names no file`, next: `${name}=FILE, or ${name}=-` });
  if (file === null) return { name, file };
  if (file === '-' && registry[name].writes === 'commands') {
    throw new UsageError({ message: `${option} ${text}: the runner reads stderr`, next: `${name}, or ${name}=FILE` });
  }
  if (file === '-') return { name, file };
  if (name === 'terminal') {
    throw new UsageError({
      message: `${option} ${text}: a file is no terminal`,
      next: `plain=${file} has the same text`,
    });
  }
  if (kind === 'watch') {
    throw new UsageError({ message: `${option} ${text}: a watch has no end to write a file at`, next: `${name}=-` });
  }
  return { name, file };
}

/** Shows text as it comes, and so has the terminal. */
function follows({ name, file }: Parsed): boolean {
  return registry[name].writes === 'stream' && (file === null || file === '-');
}

function targetOf({ name, file }: Parsed, kind: ReportKind): Target {
  const { writes } = registry[name];
  const hasFolder = folderReporters[kind].length > 0;
  if (file === null && writes === 'commands') return { kind: 'runner' };
  if (file === null && hasFolder) return { kind: 'folder' };
  if (file !== null && file !== '-') return { kind: 'path', path: resolve(file) };
  if (writes !== 'folder') return { kind: 'stdout' };
  throw new UsageError({ message: `${option} ${name}: several files do not go to stdout`, next: `${name}=FOLDER` });
}

/** A command with a report folder always shows how far it is; others print one thing. */
function followersOf(
  kind: ReportKind,
  following: readonly Parsed[],
  { printed, follower }: { readonly printed: boolean; readonly follower: ReporterName },
): readonly Selected[] {
  const target = { kind: printed ? 'stderr' : 'stdout' } as const;
  const [first] = following;
  if (first !== undefined) return [{ name: first.name, target }];
  return printed && folderReporters[kind].length === 0 ? [] : [{ name: follower, target }];
}

function checkOne(place: string, all: readonly { readonly name: ReporterName }[]): void {
  if (all.length < 2) return;
  const names = all.map(({ name }) => name).join(' and ');
  throw new UsageError({
    message: `${names} both write to ${place}`,
    next: 'give all but one of them a file: NAME=FILE',
  });
}

function checkPaths(selected: readonly Selected[]): void {
  const paths = selected.flatMap(({ target }) => (target.kind === 'path' ? [target.path] : []));
  const twice = paths.find((path, at) => paths.indexOf(path) !== at);
  if (twice !== undefined) throw new UsageError({ message: `${option}: two write ${twice}`, next: 'name two files' });
}

/** Where the targets are. */
export interface ReporterPlaces extends Surface {
  readonly stdout: TextStream;
  readonly stderr: TextStream;
  /** stderr as the runner of a CI system reads it: what is a command there stays one. */
  readonly runner: TextStream;
  /** Where the report folder is being made; null for a kind that has none. */
  readonly staging: string | null;
}

export interface Reporters<K extends ReportKind> {
  /** Write before `run.json` is, which has what went wrong in them. */
  readonly files: readonly Reporter<K>[];
  /** Follow the command, and write when all else is done. */
  readonly live: readonly Reporter<K>[];
}

export function makeReporters<K extends ReportKind>(
  kind: K,
  selected: readonly Selected[],
  places: ReporterPlaces,
): Reporters<K> {
  const isFile = ({ name, target }: Selected): boolean =>
    target.kind === 'folder' ||
    (target.kind === 'path' && ['file', 'folder', 'commands'].includes(registry[name].writes));
  const make = (one: Selected): Reporter<K> => makeReporter(kind, one, places);
  return { files: selected.filter(isFile).map(make), live: selected.filter((one) => !isFile(one)).map(make) };
}

function makeReporter<K extends ReportKind>(kind: K, { name, target }: Selected, places: ReporterPlaces): Reporter<K> {
  const { kinds, writes } = registry[name];
  const maker = kinds[kind];
  if (maker === undefined) throw new Error(`reporter ${name} knows no ${kind}`);
  switch (target.kind) {
    case 'stdout':
    case 'stderr':
    case 'runner':
      return maker(streamDestination(places[target.kind], places, places.staging));
    case 'folder':
      if (places.staging === null) throw new Error(`reporter ${name}: a ${kind} has no report folder`);
      return maker(folderDestination(places.staging, places));
    case 'path': {
      if (writes === 'folder') return maker(folderDestination(target.path, places, places.staging ?? target.path));
      // What is quiet on the terminal is whole in a file.
      const to = fileDestination(target.path, { ...places, detail: 'normal' }, places.staging);
      const reporter = maker(to);
      return writes === 'stream' ? collecting(reporter, () => writeFileAtomic(target.path, to.collected())) : reporter;
    }
  }
}

/** Text that is shown as it comes becomes a file when all of it is there. */
function collecting<K extends ReportKind>(reporter: Reporter<K>, write: () => Promise<void>): Reporter<K> {
  return {
    name: reporter.name,
    onEvent: (event) => reporter.onEvent?.(event),
    onEnd: async (report) => {
      await reporter.onEnd?.(report);
      await write();
    },
    close: () => reporter.close?.(),
  };
}
