// SPDX-License-Identifier: Apache-2.0
import { type PageChecks, pageElements, type PageSources } from '../page-data.js';

/** What the document has in it, read when it is needed. */

/** What a page is drawn from; which of the pages it is, its program knows. */
export function embeddedData(): unknown {
  return JSON.parse(document.getElementById(pageElements.data)?.textContent ?? '');
}

let checks: Promise<PageChecks> | null = null;
let sources: Promise<PageSources> | null = null;

/** Unpacked once. */
export function embeddedChecks(): Promise<PageChecks> {
  checks ??= unpackedElement(pageElements.checks).then((text) => JSON.parse(text) as PageChecks);
  return checks;
}

/** Unpacked once. */
export function embeddedSources(): Promise<PageSources> {
  sources ??= unpackedElement(pageElements.sources).then((text) => JSON.parse(text) as PageSources);
  return sources;
}

async function unpackedElement(id: string): Promise<string> {
  await wholeDocument();
  return unpacked(document.getElementById(id)?.textContent ?? '');
}

/** A log by its path; null where it is not in the page. */
export async function embeddedLog(path: string): Promise<string | null> {
  await wholeDocument();
  const element = [...document.getElementsByClassName(pageElements.log)].find(
    (one) => one.getAttribute('data-path') === path,
  );
  return element === undefined ? null : unpacked(element.textContent);
}

/** Logs and checks stand after the program, so that it need not wait for them. */
function wholeDocument(): Promise<void> {
  if (document.readyState !== 'loading') return Promise.resolve();
  return new Promise((resolve) => {
    document.addEventListener('DOMContentLoaded', () => {
      resolve();
    });
  });
}

async function unpacked(base64: string): Promise<string> {
  const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'))).text();
}
