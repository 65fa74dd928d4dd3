// SPDX-License-Identifier: Apache-2.0
import type { KernelContext } from '../kernels/index.js';
import { isFor } from '../model/builds.js';
import type { ExpectationList } from '../model/expectation.js';
import type { KernelId } from '../model/kernel.js';
import { kernelTarget } from '../model/kernel-name.js';
import type { MatrixOptions } from '../run/matrix.js';
import { assertRunsOn, type BoundProgram, boundObjects, boundUnlessSpokenOf } from './architectures.js';
import type { CommonFlags } from './common-flags.js';
import type { CliContext } from './context.js';
import { kernelRequestsAmong } from './kernel-requests.js';

interface Asked extends Pick<MatrixOptions, 'objects' | 'agents'> {
  readonly among: ReadonlySet<KernelId> | null;
  readonly bound: readonly BoundProgram[];
  readonly expectations?: ExpectationList | undefined;
}

/**
 * The kernels of a command line, and what of the objects and agents is for one of them.
 * @throws UsageError where nothing of one of these is for the architecture of a kernel.
 */
export async function subjectsFromFlags(
  flags: CommonFlags,
  context: KernelContext,
  cli: CliContext,
  { objects: all, agents, among, bound: programs, expectations }: Asked,
): Promise<Pick<MatrixOptions, 'kernels' | 'objects' | 'agents'>> {
  const objects = all.map((object) => boundUnlessSpokenOf(object, expectations));
  const bound = [...programs, ...boundObjects(objects)];
  const kernels = await kernelRequestsAmong(among, flags, context, { ...cli, target: bound[0]?.target ?? null });
  const ids = kernels.map(({ id }) => id);
  assertRunsOn(bound, ids);
  const targets = new Set(ids.map(kernelTarget));
  return {
    kernels,
    objects: objects.filter(({ identity }) => [...targets].some((target) => isFor(identity, target))),
    agents: agents.filter(({ target }) => targets.has(target)),
  };
}
