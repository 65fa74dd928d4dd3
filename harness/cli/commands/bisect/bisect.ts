// SPDX-License-Identifier: Apache-2.0
import { invocation } from '../../../model/invocation.js';
import { elfProgramNames } from '../../../config/elf-symbols.js';
import type { MatrixConfig } from '../../../config/file.js';
import { needsSource, withNeeds } from '../../../config/needs.js';
import { readObjects, type ObjectFile } from '../../../config/objects.js';
import { parseDuration } from '../../../config/values.js';
import { type KernelContext, type PointRange, pointReleases, resolvePointRelease } from '../../../kernels/index.js';
import { UsageError } from '../../../model/errors.js';
import type { ExitCode } from '../../../model/exit-code.js';
import type { KernelId } from '../../../model/kernel.js';
import { comparePoints, type PointVersion, pointVersion } from '../../../model/point-release.js';
import { type FlipSearch, searchFlips } from '../../../run/bisect.js';
import { bisectionOf } from '../../../verdict/bisect.js';
import type { Target } from '../../../target.js';
import { targetsOf } from '../../architectures.js';
import type { BisectFlags } from './flags.js';
import { runCommand, type Task, withoutAgent } from '../../run-command.js';
import { loaderFromFlags } from '../../loader.js';
import { sayWaits } from '../../say-waits.js';
import type { CliContext } from '../../context.js';

/** `bisect`: asks releases of one object's program, and reports where the verdict flips. */
export function runBisectCommand(file: string, flags: BisectFlags, cli: CliContext): Promise<ExitCode> {
  return runCommand(flags, cli, (config) => plan(file, flags, config, cli));
}

async function plan(
  file: string,
  flags: BisectFlags,
  config: MatrixConfig,
  { signal }: CliContext,
): Promise<Task<'bisection'>> {
  const range = rangeOf(flags);
  const { withoutCapabilities, notices: ofLoader, build } = await loaderFromFlags(flags, signal);
  const { objects, notices } = await withNeeds(await readObjects([file]), needsSource(config, flags.config));
  for (const object of objects) checkProgram(object, flags.program);
  const offered: KernelId[] = [];
  return {
    objects,
    ...withoutAgent,
    timeout: parseDuration('--timeout', flags.timeout),
    withoutCapabilities,
    notices: [...ofLoader, ...notices],
    built: build.folder,
    command: 'bisect',
    work: null,
    conclusion: {
      kind: 'bisection',
      reportOf: (run) => bisectionOf(run, flags.program, offered),
      exitCode: ({ exitCode }) => exitCode,
    },
    search: async (options, context) => {
      const say = (text: string): void => {
        options.onEvent({ type: 'notice', text });
      };
      const search = await sayWaits(context, say, () => flipSearch(context, range, flags, signal));
      offered.push(...search.requests.map(({ id }) => id));
      // Each release is booted once: snapshots of them would push out those that the next run restores.
      return searchFlips({ ...options, snapshots: null }, search);
    },
  };
}

function rangeOf(flags: Pick<BisectFlags, 'arch' | 'from' | 'to'>): PointRange {
  const [from, to] = [versionOf('--from', flags.from), versionOf('--to', flags.to)];
  if (comparePoints(from.slice(0, to.length), to) <= 0) return { from, to, target: oneTarget(flags) };
  throw new UsageError({ message: `--from ${flags.from} is newer than --to ${flags.to}`, next: 'swap the two' });
}

/** Releases of two architectures have no order. */
function oneTarget(flags: Pick<BisectFlags, 'arch'>): Target {
  const [target, other] = targetsOf(flags, null);
  if (target !== undefined && other === undefined) return target;
  throw new UsageError({
    message: `bisect asks releases of one architecture, not --arch ${flags.arch ?? ''}`,
    next: 'name one',
  });
}

function versionOf(option: string, text: string): PointVersion {
  const version = pointVersion(text);
  if (version !== null) return version;
  throw new UsageError({
    message: `${option} takes a kernel version, not '${text}'`,
    next: `${option} 6.12 or 6.12.43`,
  });
}

function checkProgram({ identity, bytes }: ObjectFile, program: string): void {
  const names = elfProgramNames(bytes);
  if (names.includes(program)) return;
  throw new UsageError({
    message: `object ${identity.file} has no program ${program}`,
    next: `name one of these: ${names.join(', ')}`,
  });
}

async function flipSearch(
  context: KernelContext,
  range: PointRange,
  { program, all, from, to }: BisectFlags,
  signal: AbortSignal,
): Promise<FlipSearch> {
  const releases = await pointReleases(context, range, signal);
  if (releases.length === 0) {
    throw new UsageError({
      message: `the archive offers no release from ${from} to ${to}`,
      next: `widen the range; \`${invocation} kernels list\` has the series`,
    });
  }
  const requests = releases.map((release) => ({
    id: release.id,
    source: release.family,
    resolve: (onProgress: Parameters<FlipSearch['requests'][number]['resolve']>[0]) =>
      resolvePointRelease(release, context, signal, onProgress),
  }));
  return { requests, program, all: all === true };
}
