// SPDX-License-Identifier: Apache-2.0
import { renderRunJson, runJsonName } from '../../results/run-json.js';
import { oneFile } from '../destination.js';
import { passingText } from '../pages/watch.js';
import type { ReporterDefinition } from '../reporter.js';
import { figuresOf } from '../views/figures.js';

/** The whole report for programs. Equal reports give equal bytes. */
export const jsonReporter: ReporterDefinition = {
  writes: 'record',
  kinds: {
    run: oneFile('json', runJsonName, ({ report }) => renderRunJson(report)),
    comparison: oneFile('json', 'compare.json', renderJson),
    bisection: oneFile('json', 'bisect.json', renderJson),
    benchmark: oneFile('json', 'bench.json', (report) => renderJson({ ...report, figures: figuresOf(report) })),
    selftest: oneFile('json', 'selftest.json', renderJson),
    // One line for each thing that has come about; nothing for what merely goes on.
    watch: ({ stream }) => ({
      name: 'json',
      onEvent: (event) => {
        if (passingText(event) === null) stream.write(`${JSON.stringify(event)}\n`);
      },
    }),
  },
};

function renderJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
