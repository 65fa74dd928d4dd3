// SPDX-License-Identifier: Apache-2.0
/**
 * Names for `--reporter`, in the order of `--help`; registry.ts has the reporters themselves. Apart from them because
 * every command line reads the names, and only a command that reports reads the rest.
 */
export const reporterDescriptions = {
  terminal: 'live progress, then the summary; plain where there is no terminal',
  plain: 'one line an event, then the summary: for logs and pipes',
  json: 'the whole report as JSON',
  junit: 'JUnit XML for CI systems',
  markdown: 'summary for a pull request or a step summary',
  manifest: 'what each kernel came to, and the difference to the baseline',
  veristat: 'what the verifier spent, as CSV and Markdown',
  openmetrics: 'what it came to and cost, as text for those who scrape',
  html: 'one page for a browser, with everything in it',
  annotations: 'what failed, at its line in a pull request of GitHub',
  sarif: 'findings as SARIF 2.1.0, for code scanning',
  codequality: 'findings for a merge request of GitLab',
  comment: 'what failed or changed, as a comment on a pull request',
} as const;

export type ReporterName = keyof typeof reporterDescriptions;

export const reporterNames = Object.keys(reporterDescriptions) as readonly ReporterName[];
