// SPDX-License-Identifier: Apache-2.0
import { beforeAll, expect, it } from 'vitest';
import { withCosts } from '../fixtures/costs.js';
import { allPass } from '../fixtures/reports.js';
import { accessibilityFaults, opened, written } from './reader.js';

let url: string;
let doubtful: string;
beforeAll(async () => {
  url = (await written('costs', withCosts(allPass()))).url;
  const off = withCosts(allPass(), (cost) => ({ ...cost, insns: cost.counted + 1 }));
  doubtful = (await written('doubtful', off)).url;
});

const source = '#/source/aegis/socket_connect';

it('lists what the verifier spends, and leads to the source, annotated for each kernel', async () => {
  const page = await opened(url);
  const list = page.getByRole('region', { name: 'What the verifier spends' });
  expect(await list.getByRole('row').allInnerTexts()).toEqual([
    '\t6.1\t6.12\t6.17',
    'aegis/socket_connect\t603 visited, 100 states\t723 visited, 120 states\t843 visited, 140 states',
    expect.stringContaining('303 visited'),
  ]);
  await list.getByRole('link', { name: 'aegis/socket_connect' }).click();
  const file = page.getByRole('region', { name: 'bpf/aegis/net.bpf.h' });
  const rows = file.locator('tbody tr:not(.gap)');
  await expect
    .poll(() => rows.allInnerTexts())
    .toEqual([
      '41\t20033 %\t24033 %\t28033 %\tfor (i = 0; i < RULES; i++) {',
      '42\t40066 %\t48066 %\t56066 %\tif (rules[i].port == port)',
      '60\t30.5 %\t30.4 %\t30.4 %\t<b>return</b> denied ? -EPERM : 0;',
    ]);
  expect(await file.locator('.gap').count()).toBe(1);
  expect(await file.locator('.hot').count()).toBe(6);
  expect(new URL(page.url()).hash).toBe(source);
});

it('is reached by its address, and from the cell of the program', async () => {
  const page = await opened(`${url}#/cell/programs%2Faegis/socket_connect/6.12`);
  await page.getByRole('link', { name: 'What the verifier spends, line by line' }).click();
  await expect.poll(() => new URL(page.url()).hash).toBe(source);
  const again = await opened(`${url}${source}`);
  await again.getByRole('region', { name: 'bpf/aegis/net.bpf.h' }).waitFor();
  const nowhere = await opened(`${url}#/source/aegis/gone`);
  expect(await nowhere.getByRole('complementary').innerText()).toContain('the source of aegis/gone');
});

it('says of lines that do not add up that they do not', async () => {
  const page = await opened(`${doubtful}${source}`);
  await expect
    .poll(() => page.getByRole('complementary').innerText())
    .toContain('6.12: not exact: the lines have 723 of 724 instructions');
});

it('is narrowed by the search, and not there where nobody counted', async () => {
  const page = await opened(url);
  const list = page.getByRole('region', { name: 'What the verifier spends' });
  await page.getByRole('searchbox').fill('socket_connect');
  await expect.poll(() => list.getByRole('link').allInnerTexts()).toEqual(['aegis/socket_connect']);
  const none = await opened((await written('uncounted', allPass())).url);
  expect(await none.getByRole('region', { name: 'What the verifier spends' }).count()).toBe(0);
});

it.each([1280, 400])('has nothing beside the screen at a width of %i', async (width) => {
  const page = await opened(`${url}${source}`, { viewport: { width, height: 800 } });
  await page.getByRole('region', { name: 'bpf/aegis/net.bpf.h' }).waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
});

it.each(['light', 'dark'] as const)('is accessible in %s, as far as axe can tell', async (colorScheme) => {
  expect(await accessibilityFaults(`${url}${source}`, { colorScheme })).toEqual([]);
});
