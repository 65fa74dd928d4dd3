// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Manifest } from '../../model/manifest.js';
import { type Finished, matrix, reportOf, textOf } from './matrix.js';

/** A small agent: the whole of what is asked of it takes seconds. */
const config = 'docs/examples/mini-guard.json';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'baseline-test-'));
  path = join(folder, '6.12.json');
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const run = (...more: string[]): Promise<Finished> =>
  matrix(['--kernel', '6.12', '--config', config, '--baseline', folder, ...more]);

const read = (): Promise<string> => readFile(path, 'utf8');

/** What a baseline says that the run does not bear out. */
const plants = {
  PROGRAM_DISAPPEARED: (base: Manifest) => {
    const [object] = base.objects;
    return withObject(base, { programs: [...object!.programs, { ...object!.programs[0]!, name: 'of_old' }] });
  },
  VERIFIER_REGRESSION: (base: Manifest) => {
    const programs = base.objects[0]!.programs.map(({ stats, ...program }) => ({
      ...program,
      stats: stats === null ? null : { ...stats, insns: Math.floor((stats.insns ?? 0) / 1.3) },
    }));
    return withObject(base, { programs });
  },
  MANIFEST_NO_BASELINE: (base: Manifest) => ({ ...base, scenarios: base.scenarios.slice(1) }),
  POSTURE_CHANGED: (base: Manifest) => ({
    ...base,
    postures: base.postures.map(({ environment }) => ({ environment, posture: 'DEGRADED' })),
  }),
} as const;

function withObject(base: Manifest, parts: Partial<Manifest['objects'][number]>): Manifest {
  return { ...base, objects: base.objects.map((object) => ({ ...object, ...parts })) };
}

/** Milliseconds: two whole runs, on a machine that does something else besides. */
const patience = 400_000;

describe('a baseline', { timeout: patience }, () => {
  let written: string;

  it('is written by --update, and the same run again has nothing to say', async () => {
    const first = await run('--update');
    expect([first.exitCode, first.stderr]).toEqual([0, '']);
    written = await read();
    expect(written).toBe(await textOf(first, 'manifests/6.12.json'));
    const second = await run();
    expect([second.exitCode, second.stderr]).toEqual([0, '']);
    expect(await textOf(second, 'manifests/6.12.json')).toBe(written);
    expect((await reportOf(second)).findings).toEqual([]);
  });

  it('that says otherwise fails the run, in every format', async () => {
    let planted = JSON.parse(written) as Manifest;
    for (const plant of Object.values(plants)) planted = plant(planted);
    await writeFile(path, JSON.stringify(planted));
    const contradicted = await run();
    expect(contradicted.exitCode).toBe(1);
    const texts = await Promise.all(
      ['run.json', 'junit.xml', 'summary.md', 'manifest-diff.md', 'manifest-diff.json'].map((file) =>
        textOf(contradicted, file),
      ),
    );
    const codes = (await reportOf(contradicted)).findings.flatMap(({ verdict }) =>
      verdict.kind === 'fail' ? [verdict.code] : [],
    );
    expect(new Set(codes)).toEqual(new Set(Object.keys(plants)));
    for (const text of [contradicted.stdout, ...texts]) for (const code of codes) expect(text).toContain(code);
    expect(await read()).toBe(JSON.stringify(planted));
  });

  it('is left as it was by a run that did not come to its end', async () => {
    const before = await read();
    const broken = await run('--update', '--timeout', '5s');
    expect(broken.exitCode).toBe(3);
    expect(await read()).toBe(before);
  });

  it('is made to say what is by --update', async () => {
    const updated = await run('--update');
    expect(updated.exitCode).toBe(0);
    expect(await read()).toBe(written);
  });
});
