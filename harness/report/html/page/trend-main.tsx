// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import { pageElements } from '../page-data.js';
import type { TrendPageData } from '../trend-page-data.js';
import { applyTheme, keptTheme } from './theme.js';
import { TrendApp } from './trend-app.js';

const root = document.getElementById('page');
if (root !== null) {
  applyTheme(keptTheme());
  const data = JSON.parse(document.getElementById(pageElements.data)?.textContent ?? '') as TrendPageData;
  render(<TrendApp data={data} />, root);
}
