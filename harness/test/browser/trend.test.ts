// SPDX-License-Identifier: Apache-2.0
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { renderTrendHtml } from '../../report/html/trend-page.js';
import { trendOf } from '../../verdict/trend.js';
import { answered, historyKernel, historyLine } from '../fixtures/history.js';
import { accessibilityFaults, opened, saved } from './reader.js';

const hostile = 'zz/</script><img src=x onerror=alert(1)>';
const lines = [1, 2, 3].map((day) =>
  historyLine(day, {
    programs: ['aegis/file_open', 'aegis/socket_connect', hostile],
    kernels: ['6.1', '6.12'].map((id) =>
      historyKernel({
        id,
        insns: [day * 1000, 500, 7 - day],
        sessions: [answered({ outcome: day === 2 ? 'fail' : 'pass', codes: day === 2 ? ['FALSE_BLOCK'] : [] })],
      }),
    ),
  }),
);

let url: string;
let html: string;
beforeAll(async () => {
  html = await renderTrendHtml(trendOf(lines, { kernel: null, program: null }));
  url = await saved('trend.html', html);
});

const rowsOf = (page: Page, group: string): Promise<readonly string[]> =>
  page.getByRole('region', { name: group }).locator('tbody tr').allInnerTexts();

describe('the page of a trend', () => {
  it('shows what changed, by how much, with a chart, and counts what did not', async () => {
    const page = await opened(url);
    expect(await page.title()).toBe('Trend of 3 runs, 2026-11-01 10:00 to 2026-11-03 10:00 UTC');
    const rows = await rowsOf(page, 'Instructions of the verifier');
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatch(/^6\.1\s+aegis\/file_open\s+1 000\s+3 000\s+x3\.00\s+x1\.50/);
    expect(await page.getByText('2 rows without a change.').isVisible()).toBe(true);
    const chart = page.getByRole('img', { name: 'aegis/file_open on 6.12: 1 000 at first, 3 000 at last' });
    expect(await chart.locator('circle').count()).toBe(3);
  });

  it('has the exact number of each run behind its chart', async () => {
    const page = await opened(url);
    const first = page.locator('.chart').first();
    await first.locator('summary').click();
    expect(await first.locator('li').allInnerTexts()).toEqual([
      '2026-11-01 10:00: 1 000',
      '2026-11-02 10:00: 2 000',
      '2026-11-03 10:00: 3 000',
    ]);
  });

  it('is narrowed by a search, which finds unchanged rows, too', async () => {
    const page = await opened(url);
    await page.getByLabel('Search kernels and programs').fill('6.12 socket');
    expect(await rowsOf(page, 'Instructions of the verifier')).toHaveLength(1);
    await page.getByLabel('Search kernels and programs').fill('nowhere');
    expect(await page.getByText('Nothing is called so.').first().isVisible()).toBe(true);
  });

  it('shows unchanged rows when they are asked for', async () => {
    const page = await opened(url);
    await page.getByRole('button', { name: 'Unchanged, too' }).click();
    expect(await rowsOf(page, 'Instructions of the verifier')).toHaveLength(6);
  });

  it('names what was flaky, and every run', async () => {
    const page = await opened(url);
    expect(await page.getByRole('region', { name: 'Flaky' }).innerText()).toContain('fail FALSE_BLOCK on 2026-11-02');
    expect(await rowsOf(page, 'Runs')).toHaveLength(3);
  });

  it('shows a hostile name as text', async () => {
    const page = await opened(url);
    expect(await page.getByText(hostile).count()).toBe(2);
    expect(await page.locator('img[src]').count()).toBe(0);
    expect(html).not.toContain('<img');
  });

  it.each(['light', 'dark'] as const)('has no fault that axe finds, in %s', async (colorScheme) => {
    expect(await accessibilityFaults(url, { colorScheme })).toEqual([]);
  });
});
