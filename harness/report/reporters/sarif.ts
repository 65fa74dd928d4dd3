// SPDX-License-Identifier: Apache-2.0
import { failureCodes } from '../../model/verdict.js';
import { nextSteps } from '../../model/next-steps.js';
import type { RunReport } from '../../model/report.js';
import { type CiFinding, ciFindings, findingText } from '../ci/findings.js';
import type { ReporterDefinition } from '../reporter.js';
import { type DocTarget, docTarget } from '../views/doc-link.js';

/** Findings as SARIF 2.1.0, for code scanning and whatever else reads it. */
export const sarifReporter: ReporterDefinition = {
  writes: 'file',
  kinds: {
    run: (to) => ({
      name: 'sarif',
      onEnd: (run) => to.save('findings.sarif', renderSarif(run.report, ciFindings(run, to), docTarget(to))),
    }),
  },
};

/**
 * One run of one tool. What broke around what was tested is no result: it stands among the notifications of the
 * invocation. https://docs.oasis-open.org/sarif/sarif/v2.1.0/
 */
export function renderSarif(report: RunReport, findings: readonly CiFinding[], target: DocTarget): string {
  const { tool, exitCode, started, ms } = report;
  const results = findings.filter(({ isMachine }) => !isMachine);
  const rules = [...new Set(results.map(({ code }) => code))];
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: tool.name, semanticVersion: tool.version, rules: rules.map((code) => ruleOf(code, target)) },
        },
        automationDetails: { id: `${tool.name}/` },
        invocations: [
          {
            executionSuccessful: findings.every(({ isMachine, level }) => !isMachine || level !== 'error'),
            exitCode,
            startTimeUtc: started,
            endTimeUtc: new Date(Date.parse(started) + ms).toISOString(),
            toolExecutionNotifications: findings.filter(({ isMachine }) => isMachine).map(notificationOf),
          },
        ],
        originalUriBaseIds: { [root]: { description: { text: 'the checkout' } } },
        results: results.map((finding) => resultOf(finding, rules)),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

const root = '%SRCROOT%';

function ruleOf(code: string, target: DocTarget) {
  const known = failureCodes.find((one) => one === code);
  const page = known === undefined ? null : target(`docs/failure-codes.md#${code.toLowerCase()}`);
  return {
    id: code,
    shortDescription: { text: code },
    ...(known === undefined ? {} : { help: { text: plainText(nextSteps[known]) } }),
    ...(page !== null && /^https?:/.test(page) ? { helpUri: page } : {}),
  };
}

function resultOf(finding: CiFinding, rules: readonly string[]) {
  const { code, level, isChange, kernels, place, file, fingerprint, advice } = finding;
  const artifactLocation = { uri: uriOf(place?.file ?? file), uriBaseId: root };
  const region = place === null ? {} : { region: { startLine: place.line, snippet: { text: place.text } } };
  return {
    ruleId: code,
    ruleIndex: rules.indexOf(code),
    level,
    kind: level === 'note' ? 'informational' : 'fail',
    message: { text: plainText(advice === null ? findingText(finding) : `${findingText(finding)}. Do: ${advice}`) },
    locations: [{ physicalLocation: { artifactLocation, ...region } }],
    // The second is what GitHub goes by; it makes its own of the text of a line, which moves less than ours.
    partialFingerprints: { 'bpfMatrixFinding/v1': fingerprint, primaryLocationLineHash: fingerprint },
    properties: { kernels, againstBaseline: isChange },
  };
}

function notificationOf(finding: CiFinding) {
  const { code, level } = finding;
  return { descriptor: { id: code }, level, message: { text: plainText(findingText(finding)) } };
}

/** A link, to who reads SARIF, is `[text](target)`: no name in a log becomes one. */
function plainText(text: string): string {
  return text.replace(/\]\(/g, '] (');
}

function uriOf(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
