// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import type { PageData } from '../page-data.js';
import { App } from './app.js';
import { embeddedData } from './embedded.js';
import { applyTheme, keptTheme } from './theme.js';

const root = document.getElementById('page');
if (root !== null) {
  applyTheme(keptTheme());
  const data = embeddedData() as PageData;
  // Rendered at once, not when the browser has time: a printer does not wait.
  const draw = (printing: boolean): void => {
    render(<App data={data} printing={printing} />, root);
  };
  draw(false);
  addEventListener('beforeprint', () => {
    draw(true);
  });
  addEventListener('afterprint', () => {
    draw(false);
  });
}
