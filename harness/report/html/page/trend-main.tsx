// SPDX-License-Identifier: Apache-2.0
import { render } from 'preact';
import type { TrendPageData } from '../trend-page-data.js';
import { embeddedData } from './embedded.js';
import { applyTheme, keptTheme } from './theme.js';
import { TrendApp } from './trend-app.js';

const root = document.getElementById('page');
if (root !== null) {
  applyTheme(keptTheme());
  const data = embeddedData() as TrendPageData;
  render(<TrendApp data={data} />, root);
}
