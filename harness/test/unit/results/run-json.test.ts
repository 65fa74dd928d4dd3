// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { InfraError, UsageError } from '../../../model/errors.js';
import { readRunJson, renderRunJson, writeRunJson } from '../../../results/run-json.js';
import { allPass, everyReport } from '../../fixtures/reports.js';

let dir: string;
beforeAll(async () => (dir = await mkdtemp(join(tmpdir(), 'run-json-'))));
afterAll(() => rm(dir, { recursive: true }));

/** A report that may be bent out of shape. */
type Loose = Record<string, unknown> & { kernels: { boot: object; objects: { programs: { load: object }[] }[] }[] };

/** The error of reading a valid report after `edit` changed its parsed JSON. */
async function faultAfter(edit: (json: Loose) => void): Promise<UsageError> {
  const path = join(dir, 'edited.json');
  const json = JSON.parse(renderRunJson(allPass())) as Loose;
  edit(json);
  await writeFile(path, JSON.stringify(json));
  const error: unknown = await readRunJson(path).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).message).toContain(path);
  expect((error as UsageError).next).toBeTruthy();
  return error as UsageError;
}

describe('run.json', () => {
  it.each(Object.entries(everyReport))('brings %s back as it was', async (_name, make) => {
    const path = await writeRunJson(dir, make());
    expect(await readRunJson(path)).toStrictEqual(make());
  });

  it('writes the same bytes whatever order the fields were made in', () => {
    const report = allPass();
    expect(renderRunJson(reversed(report))).toBe(renderRunJson(report));
    expect(Object.keys(JSON.parse(renderRunJson(report)) as object).slice(0, 3)).toEqual([
      'schema',
      'tool',
      'exitCode',
    ]);
  });

  it('says which field is missing, and where', async () => {
    const error = await faultAfter((json) => Reflect.deleteProperty(json.kernels[1]!.boot, 'accel'));
    expect(error.message).toContain('at kernels[1].boot.accel: missing');
  });

  it('refuses a field nobody knows, at any depth', async () => {
    const error = await faultAfter((json) =>
      Object.assign(json.kernels[0]!.objects[0]!.programs[2]!.load, { colour: 'red' }),
    );
    expect(error.message).toContain('at kernels[0].objects[0].programs[2].load: unknown field colour');
  });

  it.each([3, 0, '1', null])('refuses schema version %j before it looks at anything else', async (version) => {
    const error = await faultAfter((json) => {
      json['schema'] = version;
      Reflect.deleteProperty(json, 'kernels');
    });
    expect(error.message).toMatch(/schema version .*reads version 2/);
    expect(error.message).not.toContain('kernels');
  });

  it('refuses a verdict that is not one', async () => {
    const error = await faultAfter((json) =>
      Object.assign(json.kernels[2]!, { verdict: { kind: 'fail', stage: 'load', code: 'MEH' } }),
    );
    expect(error.message).toContain('at kernels[2].verdict.code');
    expect(error.message).toContain('"MEH"');
  });

  it('calls a file cut short damaged', async () => {
    const path = await writeRunJson(dir, allPass());
    await writeFile(path, (await readFile(path, 'utf8')).slice(0, 500));
    await expect(readRunJson(path)).rejects.toThrow(/run\.json: not JSON/);
  });

  it('says so when there is no file', async () => {
    await expect(readRunJson(join(dir, 'none.json'))).rejects.toThrow(/none\.json: cannot be read \(ENOENT\)/);
  });

  it('does not write what it could not read back', async () => {
    const report = { ...allPass(), ms: Number.NaN };
    await expect(writeRunJson(dir, report)).rejects.toThrow(InfraError);
    expect(() => renderRunJson(report)).toThrow(/at ms/);
  });
});

/** The same value with the keys of every object in reverse order. */
function reversed<T>(value: T): T {
  if (Array.isArray(value)) return value.map(reversed) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, inner]) => [key, reversed(inner as unknown)]),
  ) as T;
}
