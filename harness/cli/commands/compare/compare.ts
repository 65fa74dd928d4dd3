// SPDX-License-Identifier: Apache-2.0
import { buildWithClangs, type ClangOptions, parseClangs } from '../../../config/clang.js';
import type { MatrixConfig } from '../../../config/file.js';
import { needsSource, withNeeds } from '../../../config/needs.js';
import { readObjects } from '../../../config/objects.js';
import { parseDuration } from '../../../config/values.js';
import { packageRoot } from '../../../kernels/package-root.js';
import { UsageError } from '../../../model/errors.js';
import type { ExitCode } from '../../../model/exit-code.js';
import { compareObjects } from '../../../verdict/compare.js';
import type { CompareFlags } from './flags.js';
import { displayedPath } from '../../../config/displayed.js';
import { limitsOf } from '../../stat-limits.js';
import { runCommand, type Task, withoutAgent } from '../../run-command.js';
import { oneTarget } from '../../one-target.js';
import { loaderFromFlags } from '../../loader.js';
import type { CliContext } from '../../context.js';

/** `compare`: loads all objects in each kernel, and reports what they lose against the first. */
export function runCompareCommand(files: readonly string[], flags: CompareFlags, cli: CliContext): Promise<ExitCode> {
  return runCommand(flags, cli, (config) => plan(files, flags, config, cli.signal));
}

async function plan(
  files: readonly string[],
  flags: CompareFlags,
  config: MatrixConfig,
  signal: AbortSignal,
): Promise<Task<'comparison'>> {
  const { withoutCapabilities, notices: ofLoader, build } = await loaderFromFlags(flags, signal);
  const read = await objectsOf(files, flags, { build, signal });
  const { objects, notices } = await withNeeds(read.objects, needsSource(config, flags.config));
  const names = objects.map(({ identity }) => identity.name);
  return {
    objects,
    built: build.folder,
    ...withoutAgent,
    timeout: parseDuration('--timeout', flags.timeout),
    withoutCapabilities,
    costs: { kind: 'grown-from-first', limits: limitsOf(config) },
    notices: [...ofLoader, ...read.notices, ...notices],
    command: 'compare',
    work: null,
    conclusion: {
      kind: 'comparison',
      reportOf: (run) => compareObjects(run, names),
      exitCode: ({ exitCode }) => exitCode,
    },
  };
}

async function objectsOf(
  files: readonly string[],
  flags: CompareFlags,
  options: Pick<ClangOptions, 'build' | 'signal'>,
): Promise<Pick<Task<'comparison'>, 'objects' | 'notices'>> {
  const { clang } = flags;
  if (clang !== undefined) return compiled(files, clang, { ...options, target: oneTarget(flags, 'our own object') });
  if (files.length < 2) {
    throw new UsageError({
      message: `compare needs two objects or more, and was given ${files.length}`,
      next: 'name what is in force first, then what is to replace it: compare OLD.bpf.o NEW.bpf.o',
    });
  }
  const objects = await readObjects(files);
  const hashes = new Set(objects.map(({ identity }) => identity.sha256));
  return { objects, notices: hashes.size < objects.length ? ['objects with the same bytes are compared'] : [] };
}

async function compiled(
  files: readonly string[],
  clang: readonly string[],
  options: Pick<ClangOptions, 'build' | 'signal' | 'target'>,
): Promise<Pick<Task<'comparison'>, 'objects' | 'notices'>> {
  const names = parseClangs('--clang', clang);
  if (files.length > 0 || names.length < 2) {
    throw new UsageError({
      message: 'compare --clang holds what two compilers or more make of our own object against each other',
      next: 'name the compiler in force first, and no objects: compare --clang 16,19',
    });
  }
  const built = await buildWithClangs(names, { root: packageRoot(), ...options, displayed: displayedPath });
  if (built.objects.length > 1) return built;
  throw new UsageError({
    message: `compare --clang: ${names.join(' and ')} build the same object`,
    next: 'there is nothing to compare; run --clang loads it once',
  });
}
