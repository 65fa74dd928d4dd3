// SPDX-License-Identifier: Apache-2.0
/** Of names in general: those that have the wanted one in them come before those that are a slip away. */
export function nearestNames(wanted: string, names: readonly string[]): readonly string[] {
  const core = wanted.replace(/^_+/, '');
  return [...new Set(names)]
    .filter((name) => name !== wanted)
    .map((name) => ({ name, ...(name.includes(core) ? { distance: 0, limit: 0 } : slips(wanted, name)) }))
    .filter(({ distance, limit }) => distance <= limit)
    .sort((a, b) => a.distance - b.distance || a.name.length - b.name.length || (a.name < b.name ? -1 : 1))
    .slice(0, 3)
    .map(({ name }) => name);
}

/** Letters that differ, and how many may: a third of what follows the beginning that both have. */
function slips(wanted: string, name: string): { readonly distance: number; readonly limit: number } {
  const shared = Array.from(wanted).findIndex((letter, at) => letter !== name[at]);
  const rest = shared < 0 ? '' : wanted.slice(shared);
  const sorted = (text: string): string => Array.from(text).sort().join('');
  const distance = sorted(wanted) === sorted(name) ? 1 : editDistance(wanted, name);
  return { distance, limit: Math.max(1, Math.floor(rest.length / 3)) };
}

/** Levenshtein's distance: letters put in, left out or changed. */
export function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of Array.from(a).entries()) {
    const next = [i + 1];
    for (const [j, other] of Array.from(b).entries()) {
      const change = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(change, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
