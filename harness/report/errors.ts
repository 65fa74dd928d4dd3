// SPDX-License-Identifier: Apache-2.0
import { MatrixError } from '../model/errors.js';
import { withoutControls } from '../model/plain-text.js';
import { hostFaultOf } from '../model/host-fault.js';

export type ErrorDetail = 'brief' | 'debug';

/**
 * An error for stderr, with a final newline: `error: ...` and `  next: ...` for one a person is meant to read. With
 * `debug` the chain of causes and the stacks follow. An unknown error is a fault of the harness and says so, but for what
 * a system call reports of the host.
 */
export function renderError(error: unknown, detail: ErrorDetail): string {
  const lines = [`error: ${indent(messageOf(error))}`];
  const next = nextStep(error, detail);
  if (next !== undefined) lines.push(`  next: ${indent(next)}`);
  if (detail === 'debug') lines.push(...chainOf(error));
  return `${withoutControls(lines.join('\n'))}\n`;
}

function nextStep(error: unknown, detail: ErrorDetail): string | undefined {
  if (error instanceof MatrixError) return error.next;
  const host = hostFaultOf(error);
  if (host !== null) return host.next;
  return detail === 'debug'
    ? 'this is a fault of bpf-matrix: please report it with the lines below'
    : 'this is a fault of bpf-matrix: run again with --debug and report what it prints';
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.message === '') return error.name;
  if (error instanceof MatrixError) return error.message;
  return hostFaultOf(error)?.message ?? `${error.name}: ${error.message}`;
}

/** Longest chain shown: a cause may point back at itself. */
const depth = 10;

function chainOf(error: unknown): readonly string[] {
  const lines: string[] = [];
  let at = error;
  for (let level = 0; at !== undefined && level < depth; level++) {
    if (level > 0) lines.push(`  caused by: ${indent(messageOf(at))}`);
    if (at instanceof AggregateError) {
      lines.push(...at.errors.map((one: unknown) => `  with: ${indent(messageOf(one))}`));
    }
    if (at instanceof Error) lines.push(...stackOf(at));
    at = at instanceof Error ? at.cause : undefined;
  }
  return lines;
}

function stackOf(error: Error): readonly string[] {
  return (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
}

function indent(text: string): string {
  return text.trimEnd().replace(/\n/g, '\n    ');
}
