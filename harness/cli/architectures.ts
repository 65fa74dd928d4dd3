// SPDX-License-Identifier: Apache-2.0
import type { ObjectFile } from '../config/objects.js';
import { parseArchitectures, parseKernelImage } from '../config/values.js';
import { UsageError } from '../model/errors.js';
import type { ExpectationList } from '../model/expectation.js';
import type { KernelId } from '../model/kernel.js';
import { kernelName, kernelTarget } from '../model/kernel-name.js';
import { isAbout } from '../verdict/expectations.js';
import { hostTarget, type Target, targetNamed } from '../target.js';
import type { CommonFlags } from './common-flags.js';

type ArchitectureFlags = Pick<CommonFlags, 'arch' | 'kernel' | 'kernelImage'>;

/** What is meant by kernels that name no architecture: what --arch says, else `own`. */
export function targetsOf({ arch }: Pick<CommonFlags, 'arch'>, own: Target | null): readonly Target[] {
  return arch === undefined ? [own ?? hostTarget] : parseArchitectures('--arch', arch);
}

/** Those of the kernels that flags name, in their order, the host's where they name none; what is put into them has no part in it. */
export function namedTargets(flags: ArchitectureFlags): readonly [Target, ...Target[]] {
  const { kernel = [], kernelImage = [] } = flags;
  const images = kernelImage.map((text) => kernelTarget(parseKernelImage('--kernel-image', text).id));
  const words = kernel.flatMap((word) => word.split(','));
  const named = words
    .map((word) => kernelName(word.trim()))
    .map((name) => (typeof name === 'string' ? null : name.target));
  const all = named.flatMap((target) => (target === null ? targetsOf(flags, null) : [target]));
  const [first = hostTarget, ...more] = new Set([...all, ...images]);
  if (all.length + images.length > 0) return [first, ...more];
  const [asked = hostTarget, ...others] = targetsOf(flags, null);
  return [asked, ...others];
}

/** What is put into guests, and the architecture that it is for. */
export interface BoundProgram {
  /** As messages name it. */
  readonly title: string;
  readonly target: Target;
  /** The same for all builds of one thing, of which each kernel needs one; absent where there is one build of it. */
  readonly key?: string;
  /** What shows that it is for this architecture; absent where its ELF header says so. */
  readonly shows?: string | undefined;
  /** What gives a kernel of another architecture one, too. */
  readonly otherwise?: (other: Target) => string;
}

/** @throws UsageError where there is no build of a program for the architecture of a kernel. */
export function assertRunsOn(programs: readonly BoundProgram[], kernels: readonly KernelId[]): void {
  const keyOf = ({ key, title }: BoundProgram): string => key ?? title;
  for (const program of programs) {
    const builds = programs.filter((one) => keyOf(one) === keyOf(program)).map(({ target }) => target);
    const kernel = kernels.find((id) => !builds.includes(kernelTarget(id)));
    if (kernel !== undefined) throw wrongArchitecture(program, kernel);
  }
}

function wrongArchitecture({ title, target, shows, otherwise }: BoundProgram, kernel: KernelId): UsageError {
  const other = kernelTarget(kernel);
  const why = shows === undefined ? '' : ` (${shows})`;
  return new UsageError({
    message: `${title} is built for ${target.title}${why}, and kernel ${kernel} is ${other.title}`,
    next: `name kernels of ${target.title} (--arch ${target.name}), or ${otherwise?.(other) ?? `what is built for ${other.title}`}`,
  });
}

/** Of the objects those that are for kernels of one architecture alone. */
export function boundObjects(objects: readonly ObjectFile[]): readonly BoundProgram[] {
  return objects.flatMap(({ identity: { name, file, architecture = '' }, shows }) => {
    const target = targetNamed(architecture);
    if (target === null) return [];
    const otherwise = ({ title }: Target): string =>
      `add the one that is built for ${title}, a file of the same name in another folder, with --object`;
    return [{ title: `object ${file}`, target, key: `object ${name}`, shows, otherwise }];
  });
}

/** Whoever says what becomes of an object's programs knows it better than what its file shows. */
export function boundUnlessSpokenOf(object: ObjectFile, expectations: ExpectationList | undefined): ObjectFile {
  const said = expectations?.entries.filter(({ cause }) => cause === undefined) ?? [];
  const { identity, shows, ...others } = object;
  const { architecture, ...unbound } = identity;
  if (shows === undefined || architecture === undefined) return object;
  return said.some((entry) => isAbout(entry, identity.name)) ? { ...others, identity: unbound } : object;
}
