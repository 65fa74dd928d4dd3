// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { defineConfig } from 'rolldown';

const room = 'harness/report/html/page';

/** The program of report.html, as one file that stands in each report, and how it looks (docs/adr/0015). */
export default defineConfig({
  input: `${room}/main.tsx`,
  platform: 'browser',
  tsconfig: `${room}/tsconfig.json`,
  // Browsers of 2024: light-dark(), DecompressionStream, toSorted.
  transform: { target: 'es2023' },
  plugins: [
    {
      name: 'style',
      async buildStart() {
        const path = `${room}/page.css`;
        this.addWatchFile(path);
        this.emitFile({ type: 'asset', fileName: 'page.css', source: await readFile(path, 'utf8') });
      },
    },
  ],
  output: {
    dir: 'dist/harness/page',
    format: 'iife',
    entryFileNames: 'page.js',
    // It is in every report that somebody sends around.
    minify: true,
    charset: 'ascii',
  },
});
