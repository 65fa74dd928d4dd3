// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { runSchema } from '../../../results/schema.js';
import { everyReport } from '../../fixtures/reports.js';

type Path = readonly (string | number)[];

/** One path to each kind of object in the fixtures: list positions do not matter, the kind of a union does. */
function objectPaths(): ReadonlyMap<string, { readonly report: string; readonly path: Path }> {
  const found = new Map<string, { readonly report: string; readonly path: Path }>();
  const walk = (report: string, value: unknown, path: Path, shape: string): void => {
    if (typeof value !== 'object' || value === null) return;
    const { kind, status } = value as { kind?: string; status?: string };
    const here = Array.isArray(value) ? shape : `${shape}<${kind ?? status ?? ''}>`;
    if (!Array.isArray(value) && !here.includes('options<>.')) found.set(here, { report, path });
    for (const [key, inner] of Object.entries(value)) {
      walk(report, inner, [...path, key], Array.isArray(value) ? `${here}[]` : `${here}.${key}`);
    }
  };
  for (const [name, make] of Object.entries(everyReport)) walk(name, make(), [], '');
  return found;
}

function accepts(report: string, path: Path, edit: (object: Record<string, unknown>) => void): boolean {
  const copy: unknown = structuredClone(everyReport[report]!());
  let at = copy;
  for (const key of path) at = (at as Record<PropertyKey, unknown>)[key];
  edit(at as Record<string, unknown>);
  return runSchema.safeParse(copy).success;
}

// The dictionary of kernel options is the one place where any name may stand.
const all = [...objectPaths()].filter(([shape]) => !shape.endsWith('config<>.options<>'));

it('the fixtures cover every shape of the schema', () => {
  expect(all.length).toBeGreaterThan(60);
});

it.each(all)('%s: one field more is refused', (_shape, { report, path }) => {
  expect(accepts(report, path, () => undefined)).toBe(true);
  expect(accepts(report, path, (object) => (object['surprise'] = 1))).toBe(false);
});

it.each(all)('%s: no field may be missing', (_shape, { report, path }) => {
  let at: unknown = everyReport[report]!();
  for (const key of path) at = (at as Record<PropertyKey, unknown>)[key];
  for (const name of Object.keys(at as object)) {
    expect(
      accepts(report, path, (object) => Reflect.deleteProperty(object, name)),
      name,
    ).toBe(false);
  }
});
