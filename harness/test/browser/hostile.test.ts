// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import type { RunReport } from '../../model/report.js';
import { leaking } from '../fixtures/report-proofs.js';
import { rejectedOn612 } from '../fixtures/reports.js';
import { opened, written } from './reader.js';

/** What ends a script, begins a comment, becomes markup, or is a link that runs something. */
const planted = `</script><script>alert(1)</script><img src=x onerror=alert(2)><!--<script>'"&\u2028\`javascript:alert(3)`;

/** A report in which every text that a guest, an object or an agent can choose has markup in it. */
function hostile(report: RunReport): RunReport {
  return JSON.parse(JSON.stringify(report, poisoned)) as RunReport;
}

function poisoned(key: string, value: unknown): unknown {
  if (!chosen.has(key)) return value;
  if (typeof value === 'string') return `${value}${planted}`;
  const isTexts = Array.isArray(value) && value.every((one) => typeof one === 'string');
  return isTexts ? [...value, planted] : value;
}

const chosen = new Set([
  'decidingLine',
  'text',
  'file',
  'state',
  'scenario',
  'check',
  'attempt',
  'actual',
  'evidence',
  'notes',
  'notices',
  'detail',
  'release',
  'section',
  'compiler',
  'hint',
  'page',
  'consoleTail',
  'message',
]);

function withName(report: RunReport, name: string): RunReport {
  return JSON.parse(JSON.stringify(report).replaceAll('"socket_connect"', JSON.stringify(name))) as RunReport;
}

it.each([
  ['a rejection', rejectedOn612()],
  ['a leak', leaking()],
])('%s is text and never markup, whatever is in its names, lines and logs', async (name, report) => {
  const log = 'logs/6.12/verifier/socket_connect.log';
  const { url, html } = await written(`hostile ${name}`, withName(hostile(report), `x${planted}`), {
    logs: { [log]: `0: (95) exit\n${planted}\n`, 'logs/6.12/console.log': planted },
  });
  // Those of the page itself: the program and its data, two that are packed, and a log or two.
  const scripts = html.match(/<script/g) ?? [];
  const ends = html.match(/<\/script>/g) ?? [];
  expect(scripts.length).toBe(ends.length);
  expect(html).not.toContain('<img');
  const page = await opened(url);
  const links = await page.evaluate<readonly string[]>(
    "[...document.querySelectorAll('[data-entry], a.cell, nav a')].map((one) => one.getAttribute('href'))",
  );
  expect(links.length).toBeGreaterThan(5);
  for (const link of new Set(links)) {
    await page.evaluate(`location.hash = ${JSON.stringify(link)}`);
    await page.waitForTimeout(20);
  }
  await page.getByRole('searchbox').fill('img');
  await page.waitForTimeout(200);
  expect(await page.locator('img, iframe, [onerror]').count()).toBe(0);
  const hrefs = await page.evaluate<readonly string[]>(
    "[...document.querySelectorAll('a')].map((one) => one.protocol)",
  );
  expect(new Set(hrefs)).toEqual(new Set(['file:']));
});

it('runs no other program and connects to nothing, even where one got in', async () => {
  const { url } = await written('policy', rejectedOn612());
  const page = await opened(url, {}, /Content Security Policy/);
  const blocked = await page.evaluate<string[]>(`new Promise((resolve) => {
    const seen = [];
    addEventListener('securitypolicyviolation', (event) => {
      seen.push(event.effectiveDirective);
      if (seen.length === 3) resolve(seen.sort());
    });
    const script = document.createElement('script');
    script.textContent = 'globalThis.ran = true';
    document.body.append(script);
    const image = document.createElement('img');
    image.src = 'x.png';
    document.body.append(image);
    fetch('x.json').catch(() => undefined);
  })`);
  expect(blocked).toEqual(['connect-src', 'img-src', 'script-src-elem']);
  expect(await page.evaluate('globalThis.ran')).toBeUndefined();
});
