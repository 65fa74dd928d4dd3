// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { readRegularText } from '../proc/regular-file.js';
import { UsageError } from '../model/errors.js';
import { invocation } from '../model/invocation.js';
import { hostTarget, type Target } from '../target.js';
import type { WatchedFiles } from '../proc/watch-files.js';
import { defaultConfigFile, type MatrixConfig } from './file.js';
import { type Build, makeWords, targetOfBuilt } from './libbpf.js';
import { needsSource, type NeedsSource } from './needs.js';

/** What makes the objects anew after a save. */
export interface BuildCommand {
  readonly argv: readonly [string, ...string[]];
  /** Absolute. */
  readonly cwd: string;
}

/** What `watch` is about. */
export interface WatchTarget {
  /** The objects, as they were named. */
  readonly objects: readonly string[];
  /** What the configuration gives them. */
  readonly needs: NeedsSource;
  /** Null when another program makes them. */
  readonly build: BuildCommand | null;
  /** What a save of counts; asked again after each build, which may have found new headers. */
  watched(): Promise<WatchedFiles>;
}

export interface WatchOptions {
  /** Root of the package: what lies in its `build/` is made by `make -C bpf`. */
  readonly root: string;
  /** How make makes it. */
  readonly build: Build;
  readonly configFile?: string;
  /** Folder of the configuration file. */
  readonly folder: string;
}

/** From `watch` of a configuration, else our own Makefile, else the objects themselves. Throws UsageError. */
export async function watchTarget(
  config: MatrixConfig,
  objects: readonly string[],
  options: WatchOptions,
): Promise<WatchTarget> {
  const needs = needsSource(config, options.configFile);
  if (config.watch !== undefined) return { ...(await configured(config.watch, objects, options)), needs };
  if (objects.every((object) => isOurs(object, options.root))) return { ...ours(objects, options), needs };
  const files = objects.map((object) => resolve(object));
  return { objects, needs, build: null, watched: () => Promise.resolve({ files, folders: [] }) };
}

async function configured(
  { build, sources }: NonNullable<MatrixConfig['watch']>,
  objects: readonly string[],
  { folder, configFile = defaultConfigFile }: WatchOptions,
): Promise<Omit<WatchTarget, 'needs'>> {
  const [program = '', ...words] = build;
  const found = await Promise.all(
    sources.map(async (source) => {
      const path = resolve(folder, source);
      const info = await stat(path).catch((cause: unknown) => {
        throw new UsageError({
          message: `${configFile}: watch.sources: ${source} cannot be read: ${(cause as Error).message}`,
          next: 'name files or folders, relative to the configuration file',
          cause,
        });
      });
      return { path, isFolder: info.isDirectory() };
    }),
  );
  const watched = {
    files: found.filter(({ isFolder }) => !isFolder).map(({ path }) => path),
    folders: found.filter(({ isFolder }) => isFolder).map(({ path }) => path),
  };
  return {
    objects,
    build: { argv: [program, ...words], cwd: resolve(folder) },
    watched: () => Promise.resolve(watched),
  };
}

function isOurs(object: string, root: string): boolean {
  return !relative(join(root, 'build'), resolve(object)).startsWith('..');
}

/** What the compiler wrote down as read; the recipe itself counts too. */
function ours(objects: readonly string[], { root, build }: WatchOptions): Omit<WatchTarget, 'needs'> {
  const targets = objects.map((object) => resolve(object));
  const target = onlyOf(new Set(targets.map((file) => targetOfBuilt(file, build.folder))));
  return {
    objects,
    build: { argv: ['make', ...makeWords(root, build, target), ...targets], cwd: root },
    watched: async () => {
      const lists = await Promise.all(targets.map((target) => read(target, root)));
      return { files: [...new Set([join(root, 'bpf', 'Makefile'), ...lists.flat()])], folders: [] };
    },
  };
}

/** make builds for one. */
function onlyOf([target = hostTarget, ...others]: ReadonlySet<Target>): Target {
  if (others.length === 0) return target;
  const titles = [target, ...others].map(({ title }) => title).join(' and ');
  throw new UsageError({
    message: `watch builds objects of one architecture at a time, and these are of ${titles}`,
    next: 'name those of one of them, each watch with kernels of its own',
  });
}

async function read(target: string, root: string): Promise<readonly string[]> {
  try {
    const files = makePrerequisites(await readRegularText(`${target}.d`)).map((file) => resolve(root, file));
    const system = files.filter((file) => relative(root, file).startsWith('..'));
    return files.filter((file) => !system.includes(file));
  } catch (cause) {
    throw new UsageError({
      message: `${basename(dirname(target))}/${basename(target)} has not been built here: ${(cause as Error).message}`,
      next: `run scripts/bootstrap, or start with ${invocation}, which does it`,
      cause,
    });
  }
}

/**
 * The files that the first rule of a dependency file names, as `cc -MMD -MP` writes it: one rule over several lines,
 * then a rule without prerequisites for each header. Spaces in names are escaped.
 */
export function makePrerequisites(text: string): readonly string[] {
  const [rule = ''] = text.replace(/\\\r?\n/g, ' ').split(/\r?\n/);
  // A target may hold a colon only when it is escaped.
  const [, list = ''] = /^(?:\\.|[^:\\])*:(?=\s|$)(.*)$/.exec(rule) ?? [];
  return [...list.matchAll(/(?:\\.|[^\s\\])+/g)].map(([word]) =>
    word.replace(/\\([ #\\])/g, '$1').replace(/\$\$/g, '$'),
  );
}
