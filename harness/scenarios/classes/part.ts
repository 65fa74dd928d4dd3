// SPDX-License-Identifier: Apache-2.0
import {
  type ClassContent,
  type ProbeOperation,
  type Scenario,
  type ScenarioClass,
  withScenarios,
} from '../scenario.js';

/**
 * Some scenarios of a class, with all of its rules. Of its files it has those that the rules and these scenarios are about, and
 * those that they are made from: what is edited for another scenario is no edit of this part.
 */
export function partOfClass(whole: ScenarioClass, keeps: (one: Scenario) => boolean): ScenarioClass {
  const part = withScenarios(whole, keeps);
  return {
    ...part,
    in: (folder, target) => {
      const content = part.in(folder, target);
      return { ...content, arrange: neededSteps(content, folder) };
    },
  };
}

/** In their order. What is not about a file of the class is needed always. */
function neededSteps({ arrange, inodes, rules, scenarios }: ClassContent, folder: string): readonly ProbeOperation[] {
  const named = new Set(pathsIn([inodes, rules(() => ({ dev: 0, ino: 0 })), scenarios], folder));
  const steps = arrange.map((step) => ({ step, paths: pathsIn(step, folder) }));
  const isNeeded = ({ paths }: { readonly paths: readonly string[] }): boolean =>
    paths.length === 0 || paths.some((path) => [...named].some((other) => areNested(path, other)));
  for (;;) {
    const before = named.size;
    const needed = steps.filter(isNeeded);
    for (const path of needed.flatMap(({ paths }) => paths)) named.add(path);
    if (named.size === before) return needed.map(({ step }) => step);
  }
}

/** Every path in or of the folder that stands in it, in a longer text, too. */
function pathsIn(value: unknown, folder: string): readonly string[] {
  const paths = JSON.stringify(value).match(/\/[^"\s\\]*/g) ?? [];
  return paths.filter((path) => areNested(path, folder));
}

const areNested = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);
