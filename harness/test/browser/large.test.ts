// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { ExitCode } from '../../model/exit-code.js';
import type { RanKernel, RunReport } from '../../model/report.js';
import { kernelWith } from '../fixtures/planted-kernel.js';
import { run } from '../fixtures/report-base.js';
import { agent } from '../fixtures/report-checks.js';
import { opened, written } from './reader.js';

const kernels = ['5.10', '6.1', '6.12', '6.17', 'newest'];
const wanted = 10_000;

/** Five kernels with what a real one answered, so often that there are ten thousand checks; each time about another file. */
function largeRun(): RunReport {
  const real = kernelWith('hook_returns_zero', '6.12');
  const count = real.scenarios.reduce((sum, { checks }) => sum + checks.length, 0);
  const times = Math.ceil(wanted / kernels.length / count);
  const repeated = (id: string): RanKernel['scenarios'] =>
    real.scenarios.map((machine) => ({
      ...machine,
      console: `logs/${id}/${machine.environment}.console.log`,
      checks: Array.from({ length: times }, (_, turn) =>
        machine.checks.map((check) => ({
          ...check,
          scenario: `${check.scenario} ${turn}`,
          attempt: check.attempt === null ? null : `${check.attempt} ${turn}`,
        })),
      ).flat(),
    }));
  const made = kernels.map((id) => ({ ...real, id, scenarios: repeated(id), console: `logs/${id}/console.log` }));
  return run(made, ExitCode.incompatible, { agent });
}

/** A console as kernels write it: most lines are like others, no two are the same. */
const consoleText = (kernel: string): string =>
  Array.from(
    { length: 6000 },
    (_, at) => `[${(at * 0.0137).toFixed(6)}] ${kernel}: module ${(at * 7919) % 4099} at ${(at * 104729).toString(16)}`,
  ).join('\n');

/** Milliseconds from the beginning of the navigation to the first pixels, by the browser's own clock. */
const firstPaint = `new Promise((resolve) => {
  new PerformanceObserver((list) => resolve(list.getEntries()[0].startTime)).observe({ type: 'paint', buffered: true });
})`;

it('of ten thousand checks is small, and seen as soon as an empty page almost', async () => {
  const logs = Object.fromEntries(
    kernels.flatMap((id) =>
      ['', 'lsm.', 'lsm-override.', 'no-lsm.'].map((machine) => [`logs/${id}/${machine}console.log`, consoleText(id)]),
    ),
  );
  const report = largeRun();
  const checks = report.kernels.flatMap((kernel) =>
    kernel.status === 'unavailable' ? [] : kernel.scenarios.flatMap((one) => one.checks),
  );
  expect(checks.length).toBeGreaterThanOrEqual(wanted);
  const { url, html } = await written('large', report, { logs });
  expect(html.length).toBeLessThan(3_000_000);
  const empty = new URL('empty.html', url);
  await writeFile(fileURLToPath(empty), '<!doctype html><title>empty</title><p>text');
  const paints = async (address: string): Promise<number> => (await opened(address)).evaluate<number>(firstPaint);
  // The first page of a browser pays for its start.
  await paints(empty.href);
  const [ours, none] = [await paints(url), await paints(empty.href)];
  console.log(
    `report.html of ${checks.length} checks: ${html.length} bytes, first paint ${ours.toFixed(0)} ms, of an empty page ${none.toFixed(0)} ms`,
  );
  expect(ours).toBeLessThan(1000 + 10 * none);
});

it('answers a search in ten thousand checks', async () => {
  const { url } = await written('large search', largeRun());
  const page = await opened(url);
  await page.getByRole('searchbox').fill('ENFORCEMENT_LEAK openat2');
  const found = page.getByRole('region', { name: 'Checks found', exact: true });
  await found.locator('tbody tr').first().waitFor();
  expect(await found.innerText()).toContain('openat2');
});
