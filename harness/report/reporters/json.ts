// SPDX-License-Identifier: Apache-2.0
import { renderRunJson, runJsonName } from '../../results/run-json.js';
import { oneFileReporter } from '../destination.js';
import { passingWatchText } from '../pages/watch.js';
import type { ReporterDefinition } from '../reporter.js';
import { benchFiguresOf } from '../views/figures.js';

/** The whole report for programs. Equal reports give equal bytes. */
export const jsonReporter: ReporterDefinition = {
  writes: 'record',
  kinds: {
    run: oneFileReporter('json', runJsonName, ({ report }) => renderRunJson(report)),
    comparison: oneFileReporter('json', 'compare.json', renderJson),
    bisection: oneFileReporter('json', 'bisect.json', renderJson),
    benchmark: oneFileReporter('json', 'bench.json', (report) =>
      renderJson({ ...report, figures: benchFiguresOf(report) }),
    ),
    selftest: oneFileReporter('json', 'selftest.json', renderJson),
    // One line for each thing that has come about; nothing for what merely goes on.
    watch: ({ stream }) => ({
      name: 'json',
      onEvent: (event) => {
        if (passingWatchText(event) === null) stream.write(`${JSON.stringify(event)}\n`);
      },
    }),
  },
};

function renderJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
