// SPDX-License-Identifier: Apache-2.0
import type { z } from 'zod';
import { describeSchemaIssue, valueAtIssue } from '../model/schema-issue.js';

/** The first thing that is wrong, with its place: `agent.run.2: unknown placeholder {polcy}`. */
export function describeConfigIssue({ issues }: z.ZodError, value: unknown): string {
  const [first] = issues;
  if (first === undefined) return 'does not fit';
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : '';
  const what = describeSchemaIssue(first, valueAtIssue(value, first));
  return `${first.path.join('.') || 'top level'}: ${what}${more}`;
}
