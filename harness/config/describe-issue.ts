// SPDX-License-Identifier: Apache-2.0
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

/** The first thing that is wrong, with its place: `agent.run.2: unknown placeholder {polcy}`. */
export function describeConfigIssue(issues: readonly Issue[]): string {
  const [first] = issues;
  if (first === undefined) return 'does not fit';
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  return `${first.path.join('.') || 'top level'}: ${describe(first)}${more}`;
}

function describe(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_key':
      // The place already ends in the key; what is wrong with it is one level down.
      return issue.issues[0]?.message ?? issue.message;
    case 'invalid_type':
      return issue.message.endsWith('received undefined') ? 'is missing' : issue.message;
    case 'unrecognized_keys':
      // Where the schema has a sentence of its own, it says more.
      if (!issue.message.startsWith('Unrecognized')) return issue.message;
      return `there is no field ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
    default:
      return issue.message;
  }
}
