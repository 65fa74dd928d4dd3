// SPDX-License-Identifier: Apache-2.0
import { type CiFinding, ciFindings, findingText } from '../ci/findings.js';
import type { ReporterDefinition } from '../reporter.js';

/** Findings for GitLab, which shows them in a merge request: those of the target branch are not news. */
export const codequalityReporter: ReporterDefinition = {
  writes: 'file',
  kinds: {
    run: (to) => ({
      name: 'codequality',
      onEnd: (run) => to.save('codequality.json', renderCodequality(ciFindings(run, to))),
    }),
  },
};

/** Of one finding; https://docs.gitlab.com/ci/testing/code_quality/ has the fields. */
interface Issue {
  readonly description: string;
  readonly check_name: string;
  readonly fingerprint: string;
  readonly severity: 'info' | 'minor' | 'major' | 'critical';
  readonly location: { readonly path: string; readonly lines: { readonly begin: number } };
}

export function renderCodequality(findings: readonly CiFinding[]): string {
  return `${JSON.stringify(findings.map(issueOf), null, 2)}\n`;
}

/** A place is a must there: without a line, the beginning of what it is about. */
function issueOf(finding: CiFinding): Issue {
  const { code, fingerprint, place, file } = finding;
  return {
    description: `${code}: ${findingText(finding)}`,
    check_name: code,
    fingerprint,
    severity: severityOf(finding),
    location: { path: place?.file ?? file, lines: { begin: place?.line ?? 1 } },
  };
}

function severityOf({ level, isMachine }: CiFinding): Issue['severity'] {
  if (level === 'note') return 'info';
  if (isMachine) return level === 'warning' ? 'minor' : 'major';
  return 'critical';
}
