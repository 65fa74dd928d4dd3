// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { embeddedJson, escapeHtml, packedText } from './encode.js';
import type { PackedLog } from './logs.js';
import { type PageChecks, type PageData, pageElements, type PageSources } from './page-data.js';

/** The program of the page and how it looks, as they were built. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

/** Everything that is in the page. */
export interface PageContent {
  readonly data: PageData;
  readonly checks: PageChecks;
  readonly sources: PageSources;
  readonly logs: readonly PackedLog[];
}

/**
 * One file without a reference to another. Its policy allows this program and this style alone, and no connection at all, so
 * that nothing which a guest has written is ever executed or sent.
 */
export function htmlDocument({ data, checks, sources, logs }: PageContent, assets: PageAssets): string {
  const title = `${data.verdict.text}: ${data.tool}, ${data.kernels.map(({ id }) => id).join(', ')}`;
  const elements = [
    // After the program, which can do without them until somebody asks.
    dataElement(pageElements.checks, packedType, packedText(JSON.stringify(checks))),
    dataElement(pageElements.sources, packedType, packedText(JSON.stringify(sources))),
    ...logs.map(
      ({ path, packed }) =>
        `<script type="${packedType}" class="${pageElements.log}" data-path="${escapeHtml(path)}">${packed}</script>`,
    ),
  ];
  return htmlFile({ title, data, otherwise: 'summary.md says the same', elements }, assets);
}

/** What is in a page of any kind. */
interface HtmlFile {
  readonly title: string;
  readonly data: unknown;
  /** Where the same can be read without the program of the page. */
  readonly otherwise: string;
  /** Behind the program. */
  readonly elements: readonly string[];
}

/** The whole file. */
export function htmlFile({ title, data, otherwise, elements }: HtmlFile, { script, style }: PageAssets): string {
  if (/<\/script|<!--/i.test(script) || /<\/style/i.test(style))
    throw new Error('the page: its program ends its element');
  const policy = [
    "default-src 'none'",
    `script-src ${hashSource(script)}`,
    `style-src ${hashSource(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    `<title>${escapeHtml(title)}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    '<div id="page"></div>',
    `<noscript><p>This page is made by its program, which is switched off here. ${escapeHtml(otherwise)}.</p></noscript>`,
    dataElement(pageElements.data, 'application/json', embeddedJson(data)),
    `<script>${script}</script>`,
    ...elements,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** No program to a browser. */
const packedType = 'application/gzip';

function dataElement(id: string, type: string, text: string): string {
  return `<script type="${type}" id="${id}">${text}</script>`;
}

function hashSource(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}
