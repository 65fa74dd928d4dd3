// SPDX-License-Identifier: Apache-2.0
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { ExitCode } from '../../model/exit-code.js';
import type { RunReport } from '../../model/report.js';
import { kernelWith } from '../fixtures/planted-kernel.js';
import { run } from '../fixtures/report-base.js';
import { agent } from '../fixtures/report-checks.js';
import { allPass, rejectedOn612, twoObjects } from '../fixtures/reports.js';
import { accessibilityFaults, opened, written } from './reader.js';

/** As 6.12 writes it, with a loop in it that the verifier went through forty times. */
const loop = Array.from({ length: 40 }, (_, at) => [
  `4: (07) r1 += 1                       ; R1_w=${at}`,
  '5: (a5) if r1 < 0x28 goto pc-2',
]).flat();
const verifierLog = [
  'func#0 @0',
  '0: R1=ctx() R10=fp0',
  '; return cond ? 0 : -EPERM; @ aegis.bpf.c:41',
  '3: (b7) r1 = 0                        ; R1_w=0',
  ...loop,
  '6: (87) r0 = -r0                      ; R0_w=scalar()',
  '7: (95) exit',
  'At program exit the register R0 has unknown scalar value should have been in [-4095, 0]',
  'processed 89 insns (limit 1000000) max_states_per_insn 0 total_states 1 peak_states 1 mark_read 1',
].join('\n');
const logs = {
  'logs/6.12/verifier/socket_connect.log': verifierLog,
  'logs/6.12/console.log': '[    0.000000] Linux version 6.12\n[    1.204] \u001b[1;31mred\u001b[0m\n',
};

const agentRun = (): RunReport =>
  run([kernelWith('hook_returns_zero', '6.1'), kernelWith('hook_returns_zero', '6.12')], ExitCode.incompatible, {
    agent,
  });

let rejected: string;
let leaking: string;
beforeAll(async () => {
  rejected = (await written('rejected', rejectedOn612(), { logs })).url;
  leaking = (await written('leaking', agentRun(), { logs })).url;
});

const cell = (page: Page, name: string) => page.getByRole('link', { name });
const headingOf = (page: Page): Promise<string> => detail(page).locator('h2').first().innerText();
const rowsOf = (page: Page): Promise<readonly string[]> => page.locator('.table th[scope=row]').allInnerTexts();
const detail = (page: Page) => page.getByRole('complementary', { name: 'Details' });

describe('the first screen', () => {
  it('says what failed, on which kernels, and leads to it', async () => {
    const page = await opened(rejected);
    expect(await page.title()).toBe('FAIL: bpf-matrix 0.1.0, 6.1, 6.12, 6.17');
    const failures = page.getByRole('region', { name: 'Failures' });
    expect(await failures.innerText()).toMatch(/6\.12\s+VERIFIER_REJECTED aegis\/socket_connect: load, EINVAL/);
    await failures.getByRole('link').click();
    expect(await detail(page).innerText()).toContain('unknown scalar value');
    expect(new URL(page.url()).hash).toMatch(/^#\/entry\/VERIFIER_REJECTED-[0-9a-f]{8}$/);
  });

  it('of a run in which nothing failed says so, and shows what was tested', async () => {
    const page = await opened((await written('healthy', allPass())).url);
    expect(await page.getByText('Nothing failed.').isVisible()).toBe(true);
    expect(await detail(page).innerText()).toContain('This run');
  });

  it('puts a failing program before those that load', async () => {
    const page = await opened(rejected);
    expect((await rowsOf(page))[0]).toBe('socket_connect');
  });
});

describe('a cell', () => {
  it('leads to its failure with source, registers on the way, the command, and the log at the line that decided', async () => {
    const page = await opened(rejected);
    await cell(page, 'socket_connect on 6.12: FAIL').click();
    const text = await detail(page).innerText();
    expect(text).toContain('VERIFIER_REJECTED');
    expect(text).toContain('docs/rejections/lsm-return-range.md');
    expect(text).toContain('npm run matrix -- --kernel 6.12 --only load');
    const marked = detail(page).locator('.log .row.mark');
    expect(await marked.innerText()).toContain('At program exit the register R0');
    expect(await detail(page).getByText('36 more passes through 4 to 5, 72 lines').isVisible()).toBe(true);
    await page.getByText('36 more passes').click();
    expect(await detail(page).locator('.passes .row').count()).toBe(72);
  });

  it('shows the console without its control bytes', async () => {
    const page = await opened(rejected);
    await cell(page, 'socket_connect on 6.12: FAIL').click();
    await detail(page)
      .locator('summary', { hasText: /^console$/ })
      .click();
    await page.getByText('Linux version 6.12').waitFor();
    expect(await detail(page).innerText()).toMatch(/\] red$/m);
  });

  it('of a class leads to the finding and to each of its checks, what failed first', async () => {
    const page = await opened(leaking);
    await cell(page, 'file on 6.12').click();
    expect(await detail(page).innerText()).toContain('what must be denied gets through at the hook file_open');
    expect(await detail(page).innerText()).toContain('logs/6.12/lsm/');
    expect(await detail(page).innerText()).not.toContain('logs/6.1/lsm/');
    await detail(page).getByText('and 6 more checks').click();
    const first = detail(page).locator('.checks tbody tr').first();
    await first.waitFor();
    expect(await first.innerText()).toMatch(
      /^fail\s+open\(2\) for reading\s+denied\s+ENFORCEMENT_LEAK: expected EPERM/,
    );
  });

  it('is one of the object that the map is about', async () => {
    const page = await opened((await written('two', twoObjects())).url);
    await cell(page, 'whole object on 6.1: FAIL').click();
    expect(await detail(page).innerText()).toContain('probe/file_mmap: load, ESRCH');
  });
});

describe('an address', () => {
  it('opens the same cell again, and going back closes it', async () => {
    const page = await opened(rejected);
    await cell(page, 'socket_connect on 6.12: FAIL').click();
    const again = await opened(page.url());
    expect(await headingOf(again)).toBe('socket_connect on 6.12');
    await cell(page, 'socket_connect on 6.17: ok').click();
    await page.goBack();
    await expect.poll(() => headingOf(page)).toBe('socket_connect on 6.12');
    await page.goBack();
    await expect.poll(() => headingOf(page)).toBe('This run');
    await page.goForward();
    await expect.poll(() => headingOf(page)).toBe('socket_connect on 6.12');
  });

  it('of what is not there says that', async () => {
    const page = await opened(`${rejected}#/cell/programs%2Faegis/gone/6.12`);
    expect(await detail(page).innerText()).toContain('Not in this report');
  });
});

describe('the search', () => {
  it('narrows entries, rows and columns, finds checks, and stands in the address', async () => {
    const page = await opened(leaking);
    await page.getByRole('searchbox').fill('open 6.12');
    await expect.poll(() => page.locator('.table thead th').allInnerTexts()).toEqual(['6.12']);
    const found = page.getByRole('region', { name: 'Checks found', exact: true });
    await found.locator('tbody tr').first().waitFor();
    expect(await found.innerText()).toContain('openat2');
    expect(await found.innerText()).not.toContain('6.1 file');
    const again = await opened(page.url());
    expect(await again.getByRole('searchbox').inputValue()).toBe('open 6.12');
  });

  it('leaves what failed or changed where that is chosen', async () => {
    const page = await opened(rejected);
    await page.getByRole('button', { name: 'Failed or changed' }).click();
    await expect.poll(() => rowsOf(page)).toEqual(['socket_connect', 'whole object']);
  });
});

describe('the keyboard', () => {
  /** What has the focus; nothing where the whole page has it. */
  const focused = (page: Page): Promise<string> =>
    page.evaluate(`(({ activeElement: one, body }) =>
      one === body ? '' : one.getAttribute('aria-label') ?? one.textContent)(document)`);

  it('goes down the entries into the table and from cell to cell, opens and closes', async () => {
    const page = await opened(rejected);
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toContain('VERIFIER_REJECTED');
    await page.keyboard.press('ArrowDown');
    expect(await focused(page)).toBe('socket_connect on 6.1: ok');
    await page.keyboard.press('ArrowRight');
    expect(await focused(page)).toBe('socket_connect on 6.12: FAIL');
    await page.keyboard.press('Enter');
    await expect.poll(() => headingOf(page)).toBe('socket_connect on 6.12');
    await page.keyboard.press('Escape');
    await expect.poll(() => headingOf(page)).toBe('This run');
    await page.keyboard.press('ArrowUp');
    expect(await focused(page)).toContain('VERIFIER_REJECTED');
  });

  it('reaches the search by a stroke and leaves it by Escape', async () => {
    const page = await opened(rejected);
    await page.keyboard.press('/');
    await page.keyboard.type('file_open');
    await expect.poll(() => rowsOf(page)).toEqual(['file_open']);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('searchbox').inputValue()).toBe('');
    expect(await focused(page)).toBe('');
  });

  it('shows its keys by a question mark', async () => {
    const page = await opened(rejected);
    await page.keyboard.press('?');
    expect(await page.getByRole('dialog').innerText()).toContain('go from cell to cell');
    await page.keyboard.press('Escape');
    expect(await page.getByRole('dialog').count()).toBe(0);
  });
});

describe('how it looks', () => {
  const background = (page: Page): Promise<string> => page.evaluate('getComputedStyle(document.body).backgroundColor');

  it('is as the system has it, until a button says otherwise, and stays so', async () => {
    const page = await opened(rejected, { colorScheme: 'dark' });
    const dark = await background(page);
    await page.getByRole('button', { name: 'Colours: auto' }).click();
    const light = await background(page);
    expect([dark, light]).toEqual(['rgb(22, 24, 28)', 'rgb(255, 255, 255)']);
    await page.reload();
    expect(await background(page)).toBe(light);
    await page.getByRole('button', { name: 'Colours: light' }).click();
    expect(await background(page)).toBe(dark);
  });

  it('is whole on paper: every entry with its evidence, and nothing to press', async () => {
    const page = await opened(rejected, { colorScheme: 'dark' });
    await page.emulateMedia({ media: 'print' });
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await background(page)).toBe('rgb(255, 255, 255)');
    expect(await page.getByRole('region', { name: 'Failures' }).innerText()).toContain('lsm-return-range.md');
    expect(await page.getByRole('button').count()).toBe(0);
    const paper = await page.pdf();
    expect(paper.subarray(0, 5).toString()).toBe('%PDF-');
  });

  it.each([1920, 1280, 400])('has nothing beside the screen at a width of %i', async (width) => {
    const page = await opened(`${leaking}#/cell/checks/file/6.12`, { viewport: { width, height: 800 } });
    await detail(page).locator('.checks tbody tr').first().waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
  });

  it.each(['light', 'dark'] as const)('is accessible in %s, as far as axe can tell', async (colorScheme) => {
    for (const url of [rejected, `${leaking}#/cell/checks/file/6.12`, `${leaking}?#/kernel/6.12`]) {
      expect(await accessibilityFaults(url, { colorScheme })).toEqual([]);
    }
  });
});
