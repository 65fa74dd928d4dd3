// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { appendFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { UsageError } from '../../../model/errors.js';
import { appendHistory, historyName, readHistory } from '../../../results/history.js';
import { fittedLine } from '../../../results/history-line.js';
import { historyKernel, historyLine } from '../../fixtures/history.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'history-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const days = async (): Promise<readonly string[]> =>
  (await readHistory(folder)).lines.map(({ started }) => started.slice(8, 10));
const file = (): string => join(folder, historyName);

describe('a history', () => {
  it('has a line for each run, as it was written, in a folder that is made', async () => {
    const deep = join(folder, 'a/b');
    await appendHistory(deep, historyLine(1));
    await appendHistory(deep, historyLine(2));
    expect(await readHistory(deep)).toEqual({ lines: [historyLine(1), historyLine(2)], faults: [] });
  });

  it('is empty where there is none', async () => {
    expect(await readHistory(join(folder, 'nowhere'))).toEqual({ lines: [], faults: [] });
  });

  it('loses no line of runs that end at the same moment', async () => {
    await Promise.all(Array.from({ length: 30 }, (_, day) => appendHistory(folder, historyLine(day + 1))));
    expect([...(await days())].sort()).toHaveLength(30);
    expect((await readHistory(folder)).faults).toEqual([]);
  });

  it('names a torn last line, and neither loses the others nor overwrites it', async () => {
    await appendHistory(folder, historyLine(1));
    await appendFile(file(), '{"schema":1,"started":"2026-11-0');
    await appendHistory(folder, historyLine(3));
    const { faults } = await readHistory(folder);
    expect(await days()).toEqual(['01', '03']);
    expect(faults.map(({ place }) => place)).toEqual([`${file()}:2`]);
    expect(faults[0]?.what).toMatch(/^it is torn, or no JSON: /);
    expect(await readFile(file(), 'utf8')).toContain('{"schema":1,"started":"2026-11-0\n');
  });

  it('names a line of a newer version, and one that is something else', async () => {
    await writeFile(file(), `{"schema":2,"what":"ever"}\n\n{"schema":1}\n${JSON.stringify(historyLine(4))}\n`);
    const { faults } = await readHistory(folder);
    expect(await days()).toEqual(['04']);
    expect(faults.map(({ place }) => place)).toEqual([`${file()}:1`, `${file()}:3`]);
    expect(faults[0]?.what).toBe('it was written by a newer version (schema 2, this one knows 1)');
    expect(faults[1]?.what).toContain('started');
  });

  it('reads what a later version of this schema has added', async () => {
    await writeFile(file(), `${JSON.stringify({ ...historyLine(1), mood: 'good' })}\n`);
    expect((await readHistory(folder)).lines).toEqual([historyLine(1)]);
  });

  it('is no folder and no FIFO', async () => {
    execFileSync('mkfifo', [file()]);
    await expect(appendHistory(folder, historyLine(1))).rejects.toThrow('is no regular file');
    await expect(readHistory(folder)).rejects.toThrow(UsageError);
    await rm(file());
    await mkdir(file());
    await expect(readHistory(folder)).rejects.toThrow(/cannot be read/);
  });
});

describe('a line', () => {
  it('is bounded: the cheapest programs are left out, and counted', () => {
    const programs = Array.from({ length: 100 }, (_, at) => `aegis/program_${at}`);
    const insns = programs.map((_, at) => at * 10);
    const line = historyLine(1, { programs, kernels: [historyKernel({ insns })] });
    const text = fittedLine(line, 2000);
    const kept = JSON.parse(text) as ReturnType<typeof historyLine>;
    expect(Buffer.byteLength(text)).toBeLessThan(2000);
    expect(kept.programs.length + (kept.programsLeftOut ?? 0)).toBe(100);
    expect(kept.programs.at(-1)).toBe('aegis/program_99');
    expect(kept.kernels[0]?.insns.at(-1)).toBe(990);
    expect(kept.programs).not.toContain('aegis/program_0');
  });

  it('of a thousand programs on forty kernels fits whole', () => {
    const programs = Array.from({ length: 1000 }, (_, at) => `aegis/program_with_a_name_${at}`);
    const kernels = Array.from({ length: 40 }, (_, at) =>
      historyKernel({ id: `6.${at}`, insns: programs.map(() => 123_456) }),
    );
    expect(fittedLine(historyLine(1, { programs, kernels }))).not.toContain('programsLeftOut');
  });

  it('that is too long without any program is an error', () => {
    expect(() => fittedLine(historyLine(1), 300)).toThrow(/has \d+ bytes, and may have 300/);
  });
});
