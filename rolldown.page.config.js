// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { defineConfig } from 'rolldown';

const room = 'harness/report/html/page';

/** How they look. */
const style = {
  name: 'style',
  async buildStart() {
    const path = `${room}/page.css`;
    this.addWatchFile(path);
    this.emitFile({ type: 'asset', fileName: 'page.css', source: await readFile(path, 'utf8') });
  },
};

/** The programs of report.html and of a trend, each as one file that stands in each page (docs/adr/0015). */
export default defineConfig([programOf('main.tsx', 'page.js'), programOf('trend-main.tsx', 'trend.js')]);

function programOf(main, name) {
  return {
    input: `${room}/${main}`,
    platform: 'browser',
    tsconfig: `${room}/tsconfig.json`,
    // Browsers of 2024: light-dark(), DecompressionStream, toSorted.
    transform: { target: 'es2023' },
    plugins: [style],
    output: {
      dir: 'dist/harness/page',
      format: 'iife',
      entryFileNames: name,
      // It is in every report that somebody sends around.
      minify: true,
      charset: 'ascii',
    },
  };
}
