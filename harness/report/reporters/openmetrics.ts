// SPDX-License-Identifier: Apache-2.0
import { hostProcessor } from '../../proc/processor.js';
import { SessionAnswers } from '../../results/session-answers.js';
import { historyLineOf } from '../../verdict/history-line.js';
import type { Destination } from '../destination.js';
import type { Reporter, ReporterDefinition } from '../reporter.js';
import { openMetricsText } from '../views/openmetrics.js';

/** What a run came to and cost, for those who scrape: docs/history.md. */
export const openMetricsReporter: ReporterDefinition = {
  writes: 'file',
  kinds: { run: reporterOf },
};

function reporterOf(to: Destination): Reporter<'run'> {
  const answers = new SessionAnswers();
  return {
    name: 'openmetrics',
    onEvent: (event) => {
      answers.onEvent(event);
    },
    onEnd: async ({ report }) => {
      const { model, count } = hostProcessor();
      const line = historyLineOf(report, { cpu: model, cpus: count, judge: null, answers: answers.all });
      await to.save('openmetrics.txt', openMetricsText(line));
    },
  };
}
