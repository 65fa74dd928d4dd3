// SPDX-License-Identifier: Apache-2.0
import type { ReporterName } from './names.js';
import type { ReporterDefinition, ReportKind } from './reporter.js';
import { annotationsReporter } from './reporters/annotations.js';
import { codequalityReporter } from './reporters/codequality.js';
import { commentReporter } from './reporters/comment.js';
import { htmlReporter } from './reporters/html.js';
import { jsonReporter } from './reporters/json.js';
import { junitReporter } from './reporters/junit.js';
import { manifestReporter } from './reporters/manifest.js';
import { markdownReporter } from './reporters/markdown.js';
import { openMetricsReporter } from './reporters/openmetrics.js';
import { plainReporter } from './reporters/plain.js';
import { sarifReporter } from './reporters/sarif.js';
import { terminalReporter } from './reporters/terminal.js';
import { veristatReporter } from './reporters/veristat.js';

/** Every reporter by its name. */
export const registry: Readonly<Record<ReporterName, ReporterDefinition>> = {
  terminal: terminalReporter,
  plain: plainReporter,
  json: jsonReporter,
  junit: junitReporter,
  markdown: markdownReporter,
  manifest: manifestReporter,
  veristat: veristatReporter,
  openmetrics: openMetricsReporter,
  html: htmlReporter,
  annotations: annotationsReporter,
  sarif: sarifReporter,
  codequality: codequalityReporter,
  comment: commentReporter,
};

/**
 * What a report folder holds without being asked. Its `run.json` is nobody's: it is written when all of these are done,
 * and says which of them failed (run/publish.ts). Kinds without any have no report folder.
 */
export const folderReporters: Readonly<Record<ReportKind, readonly ReporterName[]>> = {
  run: ['junit', 'markdown', 'manifest', 'veristat', 'html'],
  comparison: ['markdown', 'json'],
  bisection: ['markdown', 'json'],
  benchmark: [],
  selftest: [],
  watch: [],
};
