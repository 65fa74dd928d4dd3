// SPDX-License-Identifier: Apache-2.0
import type {
  ChangeKind,
  Manifest,
  ManifestChange,
  ManifestKernel,
  ManifestMap,
  ManifestObject,
  ManifestProgram,
  StatLimits,
} from '../model/manifest.js';
import { manifestChange, manifestNoRow, type Scope } from './manifest-change.js';
import { scenarioChanges } from './manifest-diff-scenarios.js';
import { regressionsOf } from './regressions.js';

/** What a baseline says about the programs of a run that did not load all: of the object as a whole it is nothing. */
export function aboutPrograms(base: Manifest, now: Manifest): Manifest {
  const objects = base.objects.map((object) => {
    const own = now.objects.find(({ name }) => name === object.name);
    if (own === undefined) return object;
    const programs = object.programs.filter(({ name }) => own.programs.some((program) => program.name === name));
    return { ...object, programs, whole: own.whole };
  });
  return { ...base, objects };
}

const wholeKernel = 'the kernel';
const wholeKernelOf = ({ contract }: Manifest): string =>
  contract === undefined ? wholeKernel : `${wholeKernel}, contract ${contract}`;

/** Had the baseline nothing of the kernel. */
export function isNewKernel(changes: readonly ManifestChange[]): boolean {
  return changes.some(({ kind, item }) => kind === 'MANIFEST_NO_BASELINE' && item.startsWith(wholeKernel));
}

/** Everything that differs; without a baseline that is all of it. */
export function diffManifests(
  base: Manifest | undefined,
  now: Manifest,
  scope: Scope,
  limits: StatLimits,
): readonly ManifestChange[] {
  if (base === undefined) {
    const programs = now.objects.flatMap((object) => object.programs).length;
    return [manifestNoRow(wholeKernelOf(now), `${programs} programs, ${now.scenarios.length} scenarios`)];
  }
  const gone = scope === 'part' ? [] : missing(base.objects, now.objects);
  return [
    ...kernelChanges(base.kernel, now.kernel),
    ...gone.map(({ name }) =>
      manifestChange('PROGRAM_DISAPPEARED', `${name}, the whole object`, 'in the run', 'not in it'),
    ),
    ...now.objects.flatMap((object) => objectChanges(base, object, limits)),
    ...scenarioChanges(base, now, scope),
  ];
}

function kernelChanges(base: ManifestKernel, now: ManifestKernel): readonly ManifestChange[] {
  const parts = ['version', 'release', 'imageSha256', 'configSha256', 'btfSha256'] as const;
  const part = parts.find((name) => base[name] !== now[name]);
  if (part === undefined) return [];
  const word = (kernel: ManifestKernel): string => (kernel[part] ?? 'none').slice(0, 40);
  return [manifestChange('KERNEL_DRIFTED', `the kernel's ${part}`, word(base), word(now))];
}

function objectChanges(base: Manifest, now: ManifestObject, limits: StatLimits): readonly ManifestChange[] {
  const before = base.objects.find(({ name }) => name === now.name);
  if (before === undefined) return [manifestNoRow(`${now.name}, the whole object`, `${now.programs.length} programs`)];
  const compilers = [before.compiler ?? 'unknown', now.compiler ?? 'unknown'] as const;
  const sameCompiler = compilers[0] === compilers[1];
  return [
    ...(sameCompiler
      ? []
      : [manifestChange('CHANGED', `${now.name}, its compiler (so its verifier work is not compared)`, ...compilers)]),
    ...missing(before.programs, now.programs).map(({ name, section, load }) =>
      manifestChange('PROGRAM_DISAPPEARED', `${now.name}/${name}`, `${load} (${section})`, 'not in the object'),
    ),
    ...wholeChanges(before, now),
    ...now.programs.flatMap((program) => {
      const old = before.programs.find(({ name }) => name === program.name);
      const item = `${now.name}/${program.name}`;
      if (old === undefined) return [manifestNoRow(item, `${program.load} (${program.section})`)];
      // Where the object no longer loads as a whole, that nothing of it is attached is reported once.
      const reported = before.whole === 'loaded' && now.whole !== 'loaded';
      const stats = sameCompiler ? regressionsOf(item, old, program, limits) : [];
      return [...programChanges(item, old, program, reported), ...stats];
    }),
    ...mapChanges(before, now),
  ];
}

function wholeChanges(before: ManifestObject, now: ManifestObject): readonly ManifestChange[] {
  const item = `${now.name} as a whole`;
  const load = step('PROGRAM_LOST', 'loaded', item, before.whole, now.whole);
  const attached = before.programs.filter(({ attach }) => attach === 'attached').length;
  if (load[0]?.kind !== 'PROGRAM_LOST' || attached === 0) return load;
  return [...load, manifestChange('HOOK_LOST', item, `${attached} programs attached`, 'none')];
}

function programChanges(
  item: string,
  before: ManifestProgram,
  now: ManifestProgram,
  reported: boolean,
): readonly ManifestChange[] {
  const load = step('PROGRAM_LOST', 'loaded', item, before.load, now.load);
  const attach =
    load.length > 0 || (reported && now.attach === 'not-tried')
      ? []
      : step('HOOK_LOST', 'attached', item, before.attach, now.attach);
  const required = (program: ManifestProgram): string => (program.required ? 'required' : 'optional');
  return [
    ...load,
    ...attach,
    ...(before.section === now.section ? [] : [manifestChange('HOOK_LOST', item, before.section, now.section)]),
    ...(before.required === now.required ? [] : [manifestChange('CHANGED', item, required(before), required(now))]),
  ];
}

/** One step of a program's life: `good` is what it should come to. */
function step(lost: ChangeKind, good: string, item: string, before: string, now: string): readonly ManifestChange[] {
  if (before === now) return [];
  const kind = before === good ? lost : now === good ? 'GAINED' : 'FAILURE_CHANGED';
  return [manifestChange(kind, item, before, now)];
}

function mapChanges(before: ManifestObject, now: ManifestObject): readonly ManifestChange[] {
  const words = (map: ManifestMap): string =>
    `${map.type}, key ${map.keySize}, value ${map.valueSize}, ${map.maxEntries} entries${map.error === null ? '' : `, ${map.error}`}`;
  const gone = missing(before.maps, now.maps).map((map) =>
    manifestChange('CHANGED', `${now.name}, map ${map.name}`, words(map), 'not in the object'),
  );
  const rest = now.maps.flatMap((map) => {
    const item = `${now.name}, map ${map.name}`;
    const old = before.maps.find(({ name }) => name === map.name);
    if (old === undefined) return [manifestChange('CHANGED', item, 'no row', words(map))];
    if (words(old) === words(map)) return [];
    const failed = map.error !== null && map.error !== old.error;
    return [manifestChange(failed ? 'FAILURE_CHANGED' : 'CHANGED', item, words(old), words(map))];
  });
  return [...gone, ...rest];
}

function missing<T extends { readonly name: string }>(before: readonly T[], now: readonly T[]): readonly T[] {
  return before.filter(({ name }) => !now.some((one) => one.name === name));
}
