// SPDX-License-Identifier: Apache-2.0

/** Is a scenario wanted; asked by the name under which it is reported. */
export type ScenarioFilter = (scenario: string) => boolean;

export const everyScenario: ScenarioFilter = () => true;

/** Scenarios whose name matches one of the patterns as a whole; all of them where there are none. */
export function scenarioFilter(globs: readonly string[] | undefined): ScenarioFilter {
  if (globs === undefined) return everyScenario;
  const patterns = globs.map(namePattern);
  return (scenario) => patterns.some((pattern) => pattern.test(scenario));
}

/** A pattern for names, which may have slashes in them, unlike paths (config/glob.ts): `*` is any text, `?` one character, all else is itself; large and small letters are the same. */
function namePattern(glob: string): RegExp {
  const source = glob.replaceAll(/[\\^$.|+(){}[\]*?]/g, (char) =>
    char === '*' ? '.*' : char === '?' ? '.' : `\\${char}`,
  );
  return new RegExp(`^${source}$`, 'is');
}
