// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openHistory } from '../../../cli/commands/run/history.js';
import { runTrendCommand } from '../../../cli/commands/trend/trend.js';
import type { CliContext } from '../../../cli/context.js';
import type { HistoryLine } from '../../../model/history.js';
import { appendHistory, historyName } from '../../../results/history.js';
import { answered, historyKernel, historyLine } from '../../fixtures/history.js';
import { readOpenMetrics } from '../../fixtures/open-metrics.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trend-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function kept(...lines: readonly HistoryLine[]): Promise<void> {
  for (const line of lines) await appendHistory(folder, line);
}

async function printed(flags: object = {}, env: NodeJS.ProcessEnv = {}): Promise<{ out: string; err: string }> {
  const text = { out: '', err: '' };
  const into = (name: 'out' | 'err') =>
    new Writable({
      write: (chunk: Buffer, _, done) => {
        text[name] += chunk.toString();
        done();
      },
    });
  const cli = { env, stdout: into('out'), stderr: into('err') } as unknown as CliContext;
  await runTrendCommand(folder, { runs: '20', ...flags }, cli);
  return text;
}

const growing = [1, 2, 3].map((day) =>
  historyLine(day, { kernels: [historyKernel({ insns: [day * 1000, 500] })], ms: 6000 + day * 1000 }),
);

describe('trend', () => {
  it('shows runs, hosts, what changed and by how much, and times', async () => {
    await kept(...growing);
    expect((await printed()).out).toBe(
      [
        '  run (UTC)         verdict  kernels      checks  time   host',
        '  2026-11-01 10:00  PASS     1 of 1 pass  -       7.0 s  a',
        '  2026-11-02 10:00  PASS     1 of 1 pass  -       8.0 s  a',
        '  2026-11-03 10:00  PASS     1 of 1 pass  -       9.0 s  a',
        '',
        'Hosts',
        '  a: AMD EPYC, 2 processors, tcg, 3 at a time, QEMU 10.0.2',
        '',
        'Instructions of the verifier',
        '  kernel                        first  last   of the first  of the one before',
        '  6.12    aegis/file_open  _+#  1 000  3 000  x3.00         x1.50',
        "  1 program result without a change (--program '*' shows all)",
        '',
        'Time',
        '  kernel                     first  last   of the first  of the one before',
        '  run     start to end  _+#  7.0 s  9.0 s  x1.29         x1.13',
        '  6.12    all machines  +++  6.0 s  6.0 s  =             =',
        '',
        '',
      ].join('\n'),
    );
  });

  it('draws blocks where the locale has them, and not on a dumb terminal', async () => {
    await kept(...growing);
    expect((await printed({}, { LANG: 'C.UTF-8' })).out).toContain('▁▅█');
    expect((await printed({}, { LANG: 'C.UTF-8', TERM: 'dumb' })).out).toContain('_+#');
  });

  it('shows the last runs alone, and what is asked for', async () => {
    await kept(...growing);
    expect((await printed({ runs: '2' })).out).not.toContain('2026-11-01');
    const { out } = await printed({ program: ['socket_*'], kernel: ['6.*'] });
    expect(out).toContain('aegis/socket_connect');
    expect(out).not.toContain('aegis/file_open');
  });

  it('names what was flaky', async () => {
    const fails = answered({ outcome: 'fail', codes: ['FALSE_BLOCK'] });
    await kept(historyLine(1, { kernels: [historyKernel({ sessions: [fails] })] }), historyLine(2));
    expect((await printed()).out).toContain(
      '6.12 load: fail FALSE_BLOCK on 2026-11-01 10:00, pass on 2026-11-02 10:00, with the same inputs (aa00)',
    );
  });

  it('writes the last run for those who scrape, to stdout alone or beside what is shown', async () => {
    await kept(...growing);
    const { out } = await printed({ openmetrics: '-' });
    const cost = readOpenMetrics(out).find((one) => one.labels.get('program') === 'aegis/file_open');
    expect(cost?.value).toBe(3000);
    const path = join(folder, 'last.txt');
    await printed({ openmetrics: path });
    expect(await readFile(path, 'utf8')).toBe(out);
  });

  it.each([
    ['a history of nothing', {}, 'has no history of any run'],
    ['runs that are no number', { runs: 'all' }, '--runs takes a whole number'],
  ])('refuses %s', async (_, flags, message) => {
    await expect(printed(flags)).rejects.toThrow(message);
  });

  it('refuses a kernel or a program that is in none of the runs, with what is', async () => {
    await kept(...growing);
    await expect(printed({ kernel: ['5.15'] })).rejects.toMatchObject({ next: 'one of 6.12' });
    await expect(printed({ program: ['nothing'] })).rejects.toMatchObject({
      message: '--program nothing: nothing in these runs is called so',
    });
    await expect(printed({ openmetrics: '/proc/nowhere/x' })).rejects.toThrow(
      '--openmetrics /proc/nowhere/x cannot be written',
    );
  });
});

describe('--history', () => {
  it('is a folder outside of the report, that can be written', async () => {
    await expect(openHistory(join(folder, 'out/h'), join(folder, 'out'))).rejects.toThrow('replaced as a whole');
    await expect(openHistory('/proc/nowhere', 'out')).rejects.toThrow('--history /proc/nowhere cannot be written');
    await kept(growing[0]!);
    await expect(openHistory(join(folder, historyName), 'out')).rejects.toThrow('cannot be written');
    await expect(openHistory(folder, 'out')).resolves.toBeDefined();
  });
});
