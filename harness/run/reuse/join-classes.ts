// SPDX-License-Identifier: Apache-2.0
import type { CheckClass } from '../../model/check.js';
import type { ScenarioEvidence } from '../../model/scenario-evidence.js';
import type { ClassPart } from '../../scenarios/class-parts.js';

/** What a share came to, and which of it are the attempts of a class. */
export interface PartedEvidence {
  readonly evidence: readonly ScenarioEvidence[];
  readonly parts: readonly ClassPart[];
}

/**
 * What a share came to, as if these classes had been asked with the others: `fresh` is of a machine that was asked for them
 * alone. Its attempts take the place of the earlier ones, in the order in which the share has them; of a phase as a whole
 * (how the agent came up and lived, what the kernel logged) what that machine saw takes the place of what was seen earlier.
 * Null where something that it saw has no place.
 */
export function joinClasses(
  earlier: PartedEvidence,
  fresh: PartedEvidence,
  classes: ReadonlySet<CheckClass>,
): readonly ScenarioEvidence[] | null {
  const placeBefore = placesOf(earlier.parts, classes);
  const placeNow = placesOf(fresh.parts, classes);
  const byPlace = new Map<string, ScenarioEvidence[]>();
  for (const one of fresh.evidence) {
    const place = placeNow(one) ?? placeOfPhase(one);
    byPlace.set(place, [...(byPlace.get(place) ?? []), one]);
  }
  const before = new Set<string>();
  const joined = earlier.evidence.flatMap((one): readonly ScenarioEvidence[] => {
    const part = placeBefore(one);
    const place = part ?? placeOfPhase(one);
    const anew = byPlace.get(place);
    if (part === null && anew === undefined) return [one];
    if (before.has(place)) return [];
    before.add(place);
    return anew ?? [];
  });
  return [...byPlace.keys()].every((place) => before.has(place)) ? joined : null;
}

/** Where the evidence of an attempt of one of the classes belongs; null for all other evidence. */
function placesOf(
  parts: readonly ClassPart[],
  classes: ReadonlySet<CheckClass>,
): (one: ScenarioEvidence) => string | null {
  const places = new Map(
    parts
      .filter((part) => classes.has(part.class))
      .flatMap((part) => part.reported.map((name) => [JSON.stringify(name), `${part.proof} ${part.class}`] as const)),
  );
  return ({ class: name, scenario }) => places.get(JSON.stringify([name, scenario])) ?? null;
}

/** The same for the same question about a phase. */
function placeOfPhase(one: ScenarioEvidence): string {
  return JSON.stringify([one.kind, one.class, one.scenario, 'check' in one ? one.check : null]);
}
