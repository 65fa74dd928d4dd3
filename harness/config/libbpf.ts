// SPDX-License-Identifier: Apache-2.0
import { mkdir } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { UsageError } from '../model/errors.js';
import { type CommandResult, runProgram } from '../proc/run.js';
import { hostTarget, type Target, targetNamed } from '../target.js';

/** What `make -C bpf` has made, and with which libbpf. */
export interface Build {
  /** Absolute path: the folder of guest/init, probe/, agent/ and the objects. */
  readonly folder: string;
  /** Sources of libbpf in place of the pinned ones, an absolute path; null for the pinned ones. */
  readonly libbpfSource: string | null;
}

/** What bootstrap builds. */
export const pinnedBuild = (root: string): Build => ({ folder: join(root, 'build'), libbpfSource: null });

/** The words after `make` that build targets of `build` for an architecture. */
export function makeWords(root: string, { folder, libbpfSource }: Build, target: Target): readonly string[] {
  const words = ['-C', join(root, 'bpf'), ...(target === hostTarget ? [] : [`ARCH=${target.name}`])];
  if (libbpfSource === null) return words;
  return [...words, `LIBBPF_SOURCE=${libbpfSource}`, `BUILD=${builtFor(target, folder)}`];
}

/** Where what is built for an architecture lies: for the host's own in `built` itself, for another in a folder of its name. */
export function builtFor(target: Target, built: string): string {
  return target === hostTarget ? built : join(built, target.name);
}

/** The architecture that what lies somewhere in such a folder is built for. */
export function targetOfBuilt(file: string, built: string): Target {
  const [folder = ''] = relative(built, file).split(sep);
  const target = targetNamed(folder);
  return target === null || folder !== target.name ? hostTarget : target;
}

export interface LibbpfOptions {
  /** Root of the package. */
  readonly root: string;
  /** Architectures of the guests that it is for. */
  readonly targets: readonly Target[];
  readonly signal: AbortSignal;
}

/** Whatever has libbpf in it. */
const files = [
  'guest/init',
  'probe/attempt',
  'probe/oracle',
  'probe/pin',
  'probe/quiet',
  'probe/dynamic',
  'agent/aegis-agent',
  'aegis.bpf.o',
];

/**
 * Builds the guest, our agent and its object with another libbpf, in a folder of its own: build/libbpf-1.5.0. `asked` is
 * a pinned version, or a folder or archive with sources. What was built before is not built again.
 * @throws UsageError for a version without a pin, sources that cannot be had or do not build; the signal's reason.
 */
export async function buildWithLibbpf(asked: string, { root, targets, signal }: LibbpfOptions): Promise<Build> {
  const found = await run(join(root, 'scripts/libbpf'), [asked], signal);
  if (found.exitCode !== 0) throw refused(asked, found.stderr);
  const libbpfSource = found.stdout.trim();
  const build = { folder: join(root, 'build', `libbpf-${basename(libbpfSource)}`), libbpfSource };
  for (const target of targets) await makeWithLibbpf(asked, build, { root, target, signal });
  return build;
}

async function makeWithLibbpf(
  asked: string,
  build: Build,
  { root, target, signal }: Omit<LibbpfOptions, 'targets'> & { readonly target: Target },
): Promise<void> {
  const folder = builtFor(target, build.folder);
  await mkdir(folder, { recursive: true });
  const wanted = target === hostTarget ? files : [...files, 'loader'];
  const make = ['make', ...makeWords(root, build, target), ...wanted.map((file) => join(folder, file))];
  // Two runs at once must not build into each other.
  const made = await run('flock', [join(build.folder, '.lock'), ...make], signal);
  if (made.exitCode === 0) return;
  const lines = made.stderr.split('\n');
  const other = target === hostTarget ? '' : ` (after scripts/bootstrap ${target.name})`;
  throw new UsageError({
    message: `--libbpf: bpf/ does not build with ${asked}: ${lines.find((line) => /error|\*{3}/.test(line)) ?? 'no words'}`,
    next: `see all it says${other}: ${make.join(' ')}`,
  });
}

/** The script's own words: what is wrong, what was tried, what to do. */
function refused(asked: string, stderr: string): UsageError {
  const lines = stderr.split('\n');
  const wordsAfter = (mark: string): string[] =>
    lines.flatMap((line) => (line.startsWith(mark) ? [line.slice(mark.length)] : []));
  const tried = wordsAfter('  tried ');
  const [message = `scripts/libbpf ${asked} failed`] = wordsAfter('libbpf: error: ');
  const [next = 'run scripts/libbpf by hand'] = wordsAfter('  next: ');
  return new UsageError({
    message: `--libbpf: ${message}${tried.length === 0 ? '' : `; tried ${tried.join('; ')}`}`,
    next,
  });
}

async function run(program: string, words: readonly string[], signal: AbortSignal): Promise<CommandResult> {
  try {
    return await runProgram(program, words, { signal });
  } catch (error) {
    signal.throwIfAborted();
    const message = `--libbpf: ${program} could not be run: ${(error as Error).message}`;
    throw new UsageError({ message, next: 'scripts/bootstrap installs what it needs', cause: error });
  }
}
