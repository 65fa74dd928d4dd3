// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { UsageError } from '../../../model/errors.js';
import type { Manifest } from '../../../model/manifest.js';
import { readBaseline, renderManifest, writeManifest } from '../../../results/manifest.js';
import { mayBeBaseline, manifestsOf } from '../../../verdict/manifest-of.js';
import { proved } from '../../fixtures/report-proofs.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'manifest-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

function one(): Manifest {
  const report = proved();
  const kernel = report.kernels.find(mayBeBaseline);
  if (kernel === undefined) throw new Error('fixture');
  return manifestsOf(report, kernel)[0]!;
}

it('reads what it wrote', async () => {
  await writeManifest(folder, one());
  expect(await readBaseline(folder)).toEqual(new Map([[one().kernel.id, one()]]));
  expect(await readBaseline(join(folder, 'none'))).toBeNull();
});

it('keeps another contract in a folder of its name, and refuses a manifest that is in the wrong one', async () => {
  const observer: Manifest = { ...one(), contract: 'audit' };
  await writeManifest(folder, one());
  await writeManifest(folder, observer);
  const { id } = one().kernel;
  expect(await readBaseline(folder)).toEqual(
    new Map([
      [id, one()],
      [`audit/${id}`, observer],
    ]),
  );
  await writeFile(join(folder, `${id}.json`), await readFile(join(folder, 'audit', `${id}.json`)));
  await expect(readBaseline(folder)).rejects.toThrow('at contract: is audit, by its folder it is none');
});

it('takes a line for each program and each scenario', () => {
  const manifest = one();
  const lines = renderManifest(manifest).split('\n');
  for (const { name } of manifest.objects[0]!.programs) {
    expect(lines.filter((line) => line.includes(`{ "name": "${name}", "section"`))).toHaveLength(1);
  }
  expect(lines.filter((line) => line.includes('"scenario": '))).toHaveLength(manifest.scenarios.length);
});

it('has the same bytes whatever the order in which machines finished', () => {
  const report = proved();
  const kernel = report.kernels.find(mayBeBaseline)!;
  const scenarios = [...kernel.scenarios].reverse().map((s) => ({ ...s, checks: [...s.checks].reverse(), ms: 1 }));
  expect(renderManifest(manifestsOf(report, { ...kernel, scenarios, ms: 1 })[0]!)).toBe(renderManifest(one()));
});

it.each([
  ['not JSON', (text: string) => text.slice(0, 99), /\.json: no manifest/],
  ['another version', (text: string) => text.replace('"schema": 2', '"schema": 9'), /at schema: schema version 9/],
  ['a field too many', (text: string) => text.replace('"name":', '"more": 1, "name":'), /unknown field more/],
  ['a code nobody knows', (text: string) => text.replace('"load": "loaded"', '"load": "LUCK"'), /programs\[0\]\.load/],
  ['another kernel', (text: string) => text.replace(/"id": "[^"]+"/, '"id": "6.2"'), /is about 6\.2/],
])('tells where a file is wrong: %s', async (_, spoil, message) => {
  await writeManifest(folder, one());
  const path = join(folder, `${one().kernel.id}.json`);
  await writeFile(path, spoil(await readFile(path, 'utf8')));
  const error = await readBaseline(folder).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(UsageError);
  expect((error as UsageError).message).toMatch(message);
});
