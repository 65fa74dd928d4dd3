// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { RunReport } from '../../model/report.js';
import { folderDestination } from '../../report/destination.js';
import { type ComparedRun, renderHtml } from '../../report/reporters/html.js';
import { findBrowser } from './find-browser.js';

/** Chromium for the tests of a file, and pages in it that must not complain. */

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Browser;
let folder: string;
let pages: Page[] = [];
const complaints: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'browser-test-'));
  // With an empty profile of its own, as Playwright always makes one.
  browser = await chromium.launch({ executablePath: findBrowser(), args: flags });
});
afterEach(async () => {
  await Promise.all(pages.map((page) => page.context().close()));
  pages = [];
  expect(complaints.splice(0)).toEqual([]);
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

/** Writes the page of a run beside these logs, as a run does; returns its address and its text. */
export async function written(
  name: string,
  report: RunReport,
  { logs = {}, compared = null }: { logs?: Readonly<Record<string, string>>; compared?: ComparedRun | null } = {},
): Promise<{ readonly url: string; readonly html: string }> {
  const place = join(folder, name);
  for (const [path, text] of Object.entries(logs)) {
    await mkdir(dirname(join(place, path)), { recursive: true });
    await writeFile(join(place, path), text);
  }
  const to = folderDestination(place, { env: {}, cwd: place, folder: place });
  const html = await renderHtml(report, compared, to);
  await to.save('report.html', html);
  return { url: pathToFileURL(join(place, 'report.html')).href, html };
}

/** Writes a page of another kind; returns its address. */
export async function saved(name: string, html: string): Promise<string> {
  await writeFile(join(folder, name), html);
  return pathToFileURL(join(folder, name)).href;
}

/**
 * Opens an address. Whatever the console says, but for what is `expected`, an error of the page or a request to anywhere
 * fails the test.
 */
export async function opened(url: string, options: BrowserContextOptions = {}, expected: RegExp = /^$/): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  pages.push(page);
  page.on('console', (message) => {
    if (!expected.test(message.text())) complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) complaints.push(`request: ${request.url()}`);
  });
  await page.goto(url);
  return page;
}

/** What axe finds fault with, and the first element each. */
export async function accessibilityFaults(url: string, options: BrowserContextOptions): Promise<readonly string[]> {
  const source = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
  const page = await opened(url, { ...options, bypassCSP: true });
  await page.evaluate(source);
  await page.waitForTimeout(200);
  const { violations } = await page.evaluate<{ violations: { id: string; nodes: { html: string }[] }[] }>('axe.run()');
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html ?? ''}`);
}
