// SPDX-License-Identifier: Apache-2.0
import type { z } from 'zod';
import { describeJsonValue } from '../model/describe-value.js';
import type { RawEvent } from '../model/scenario-evidence.js';

type Issue = z.core.$ZodIssue;

/** What is wrong with an event, in a sentence for each field: `pid is missing`, `action is "STOP", none of AUDIT, BLOCK`. */
export function describeEventIssues(issues: readonly Issue[], event: RawEvent): string {
  return issues.map((issue) => describeIssue(issue, event)).join('; ');
}

function describeIssue(issue: Issue, event: RawEvent): string {
  const field = issue.path.join('.');
  const value = event[field];
  // A refinement of the event as a whole has a sentence of its own.
  if (field === '') return issue.message;
  const is = `${field} is ${describeJsonValue(value)}`;
  if (value === undefined) return is;
  switch (issue.code) {
    case 'invalid_type':
      return `${is}, not ${article(issue.expected)}`;
    case 'invalid_value':
      return `${is}, none of ${issue.values.map(String).join(', ')}`;
    case 'invalid_union':
      return `${is}, which the contract does not have`;
    case 'too_small':
      return `${is}, ${issue.inclusive === false ? 'not above' : 'below'} ${String(issue.minimum)}`;
    case 'too_big':
      return `${is}, ${issue.inclusive === false ? 'not below' : 'above'} ${String(issue.maximum)}`;
    default:
      return `${is}: ${issue.message}`;
  }
}

function article(expected: string): string {
  if (expected === 'int') return 'a whole number';
  return /^[aeio]/.test(expected) ? `an ${expected}` : `a ${expected}`;
}
