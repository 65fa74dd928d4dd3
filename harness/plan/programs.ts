// SPDX-License-Identifier: Apache-2.0
import { elfProgramNames } from '../config/elf-symbols.js';
import { isOneOf, patternOf } from '../config/glob.js';
import type { ObjectFile } from '../config/objects.js';
import { UsageError } from '../model/errors.js';
import { threeNearest } from './select.js';

/** What is left of a run that is about some programs. */
export interface ChosenPrograms {
  /** As they are given to the guest; null for every program. */
  readonly patterns: readonly string[] | null;
  /** Those with a program that matches. */
  readonly objects: readonly ObjectFile[];
  readonly notices: readonly string[];
}

/**
 * The programs that `--program` names: patterns with commas or repeated. An object without a match is left out.
 * @throws UsageError for a pattern that matches no program, with the nearest names.
 */
export function choosePrograms(
  option: string,
  texts: readonly string[] | undefined,
  objects: readonly ObjectFile[],
): ChosenPrograms {
  if (texts === undefined) return { patterns: null, objects, notices: [] };
  const patterns = texts.flatMap((text) => text.split(',')).map((word) => word.trim());
  const known = objects.map((object) => ({
    object,
    names: object.fault === null ? elfProgramNames(object.bytes) : [],
  }));
  const all = [...new Set(known.flatMap(({ names }) => names))];
  const useless = patterns.find((pattern) => !all.some((name) => patternOf(pattern).test(name)));
  if (useless !== undefined) throw nothing(option, useless, all, objects);
  const isChosen = isOneOf(patterns);
  const chosen = known.filter(({ names }) => names.some(isChosen));
  const left = objects.filter((object) => !chosen.some((one) => one.object === object));
  const count = chosen.flatMap(({ names }) => names.filter(isChosen)).length;
  return {
    patterns,
    objects: chosen.map(({ object }) => object),
    notices: [
      `${option} ${patterns.join(',')}: ${count} of ${known.flatMap(({ names }) => names).length} programs are loaded, ` +
        'and the whole object is loaded with these alone',
      ...(left.length === 0 ? [] : [`no program matches in ${left.map(({ identity }) => identity.name).join(', ')}`]),
    ],
  };
}

function nothing(
  option: string,
  pattern: string,
  names: readonly string[],
  objects: readonly ObjectFile[],
): UsageError {
  const where = objects.map(({ identity }) => identity.file).join(', ');
  const [first] = names;
  return new UsageError({
    message:
      first === undefined
        ? `${option} ${pattern}: there are no programs in ${where}`
        : `${option} ${pattern}: no program of ${where} matches; nearest: ${threeNearest(pattern.replaceAll('*', ''), names).join(', ')}`,
    next:
      first === undefined ? 'leave it out' : `name programs, or a pattern in quotes: ${option} "${first.slice(0, 4)}*"`,
  });
}
