// SPDX-License-Identifier: Apache-2.0
import { ExitCode } from './exit-code.js';
import type { InfraCause } from './verdict.js';

export interface ErrorParts {
  /** What went wrong, with its agent: the file and the place in it. */
  readonly message: string;
  /** What the reader should do next. */
  readonly next?: string;
  readonly cause?: unknown;
}

/** An error a person is meant to read; it carries the exit code it ends the run with. */
export class MatrixError extends Error {
  override readonly name: string = 'MatrixError';
  readonly next: string | undefined;

  constructor(
    readonly exitCode: ExitCode,
    parts: ErrorParts,
  ) {
    super(parts.message, { cause: parts.cause });
    this.next = parts.next;
  }
}

/** A command line, a configuration or an input file that cannot be used (exit 2). */
export class UsageError extends MatrixError {
  override readonly name = 'UsageError';

  constructor(parts: ErrorParts) {
    super(ExitCode.usage, parts);
  }
}

/** Machinery that broke; never blamed on the agent (exit 3). */
export class InfraError extends MatrixError {
  override readonly name = 'InfraError';

  constructor(
    readonly infra: InfraCause,
    parts: ErrorParts,
  ) {
    super(ExitCode.incomplete, parts);
  }
}

/** The run was interrupted by a signal (exit 130). */
export class InterruptedError extends MatrixError {
  override readonly name = 'InterruptedError';

  constructor(readonly signal: NodeJS.Signals) {
    super(ExitCode.interrupted, { message: `interrupted by ${signal}` });
  }
}
