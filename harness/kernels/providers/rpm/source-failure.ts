// SPDX-License-Identifier: Apache-2.0
import { DownloadError, type FailureKind } from '../provider.js';

/** Why a repository could not be read. */
export interface SourceFailure {
  readonly kind: FailureKind;
  /** One line. */
  readonly detail: string;
}

/** The failure that an error stands for; anything else than a download's is thrown on. */
export function failureOfDownload(error: unknown): SourceFailure {
  if (error instanceof DownloadError) return { kind: error.kind, detail: error.message };
  throw error;
}

/** A file that is not what it has to be. */
export function damaged(message: string): DownloadError {
  return new DownloadError('damaged', message);
}

/** A repository that answers, and is not to be believed. */
export function untrusted(message: string): DownloadError {
  return new DownloadError('untrusted', message);
}
