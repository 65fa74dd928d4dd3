// SPDX-License-Identifier: Apache-2.0
import type { KernelId } from '../model/kernel.js';
import type { Manifest } from '../model/manifest.js';
import type { ObjectIdentity } from '../model/object.js';

/** A section that only one side has. */
export interface SectionDifference {
  readonly section: string;
  readonly where: 'object' | 'baseline';
  /** The kernels whose manifests differ from the object in this. */
  readonly kernels: readonly KernelId[];
}

/** The sections of an object beside those of its manifests: what can be known without booting anything. */
export function sectionDifferences(
  object: ObjectIdentity,
  manifests: readonly Manifest[],
): readonly SectionDifference[] {
  const built = new Set(object.sections);
  const found = new Map<string, SectionDifference>();
  for (const manifest of manifests) {
    const known = sectionsOf(manifest, object.name);
    const differing = [
      ...[...built].filter((section) => !known.has(section)).map((section) => ({ section, where: 'object' as const })),
      ...[...known]
        .filter((section) => !built.has(section))
        .map((section) => ({ section, where: 'baseline' as const })),
    ];
    for (const { section, where } of differing) {
      const kernels = [...(found.get(section)?.kernels ?? []), manifest.kernel.id];
      found.set(section, { section, where, kernels });
    }
  }
  return [...found.values()];
}

function sectionsOf({ objects }: Manifest, name: string): ReadonlySet<string> {
  const programs = objects.filter((object) => object.name === name).flatMap((object) => object.programs);
  return new Set(programs.map(({ section }) => section));
}
