// SPDX-License-Identifier: Apache-2.0
import type { z } from 'zod';
import { parseAgentJson } from '../model/agent-json.js';
import { describeFields } from '../model/describe-value.js';
import { describeSchemaIssue, valueAtIssue } from '../model/schema-issue.js';
import type { RawEvent } from '../model/scenario-evidence.js';
import type { EventLines } from './contract.js';

/** Reads events that are one JSON object a line; `shape` says what one must look like to keep the contract. */
export function readJsonLines(lines: readonly string[], shape: z.ZodType): EventLines {
  const events: RawEvent[] = [];
  const bad: string[] = [];
  for (const line of lines) {
    const value = jsonOf(line);
    if (value === null) {
      bad.push(`not a JSON object: ${line.slice(0, 200)}`);
      continue;
    }
    events.push(value);
    const checked = shape.safeParse(value);
    if (!checked.success) bad.push(`${describeEventIssues(checked.error, value)} (${describeFields(value)})`);
  }
  return { events, bad };
}

function jsonOf(line: string): RawEvent | null {
  // Errors that are thrown for a hundred thousand lines cost ten times what the lines do.
  if (!/^[ \t\r]*\{/.test(line)) return null;
  try {
    const value = parseAgentJson(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as RawEvent) : null;
  } catch {
    return null;
  }
}

/** What is wrong with an event, field by field: `pid: expected a number, found text`. */
export function describeEventIssues({ issues }: z.ZodError, event: unknown): string {
  return issues
    .map((issue) => {
      const field = issue.path.join('.');
      const what = describeSchemaIssue(issue, valueAtIssue(event, issue));
      return field === '' ? what : `${field}: ${what}`;
    })
    .join('; ');
}
