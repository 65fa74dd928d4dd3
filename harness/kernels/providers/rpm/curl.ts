// SPDX-License-Identifier: Apache-2.0
import { stat } from 'node:fs/promises';
import { CommandError } from '../../../proc/run.js';
import { runTool } from '../../tool.js';
import { DownloadError, type FailureKind } from '../provider.js';
import { withoutCredentials } from '../credentials.js';
import { damaged } from './source-failure.js';

export interface DownloadLimits {
  /** Bytes. */
  readonly most: number;
  /** Seconds of silence after which a server counts as away. */
  readonly patience: number;
}

/** Seconds for one file, however slowly it comes. */
const wholeTime = 1800;
/** Seconds after which nothing is tried again: who asks for a longer wait is passed over. */
const retryTime = 30;

/**
 * Downloads a file with the host's curl, which knows its proxies, tries again what may pass, and waits as long as a server
 * asks it to (Retry-After), if that is not long.
 * @throws DownloadError naming the URL; ToolMissingError; the signal's reason.
 */
export async function downloadTo(
  path: string,
  url: string,
  { most, patience }: DownloadLimits,
  signal?: AbortSignal,
): Promise<void> {
  const seconds = String(Math.max(1, Math.ceil(patience)));
  const args = [
    ...['--silent', '--show-error', '--fail', '--location', '--globoff'],
    ...['--proto', '=http,https,file', '--proto-redir', '=http,https'],
    ...['--connect-timeout', seconds, '--speed-limit', '1', '--speed-time', seconds, '--max-time', String(wholeTime)],
    ...[
      '--retry',
      '2',
      '--retry-max-time',
      String(retryTime),
      '--max-filesize',
      String(most),
      '--write-out',
      '%{http_code}',
    ],
    ...['--output', path, '--', url],
  ];
  const result = await runTool('curl', args, signal ? { signal } : {}).catch((error: unknown) => {
    if (error instanceof CommandError) throw failed('unreachable', `${url}: ${error.message}`);
    throw error;
  });
  if (result.exitCode !== 0) throw curlError(url, result.exitCode, result.stdout.trim(), result.stderr);
  // An older curl does not count what comes without a length.
  if ((await stat(path)).size > most) throw damaged(withoutCredentials(`${url}: more than ${most} bytes`));
}

/** Exit codes of curl(1); what is not named is a server that was not reached. */
const exitKinds: Readonly<Record<number, FailureKind>> = { 23: 'disk-full', 37: 'absent', 63: 'damaged' };

const statusKinds: readonly (readonly [RegExp, FailureKind])[] = [
  [/^(404|410)$/, 'absent'],
  [/^(429|5\d\d)$/, 'busy'],
];

function curlError(url: string, exitCode: number, status: string, stderr: string): DownloadError {
  const last = stderr.trim().split('\n').at(-1) ?? '';
  const said = last.replace(/^curl: \(\d+\) /, '');
  if (exitCode !== 22) return failed(exitKinds[exitCode] ?? 'unreachable', `${url}: ${said}`);
  const kind = statusKinds.find(([pattern]) => pattern.test(status))?.[1] ?? 'unreachable';
  const limited = status === '429' ? ', the server limits its callers' : '';
  return failed(kind, `${url}: HTTP ${status}${limited}`);
}

function failed(kind: FailureKind, what: string): DownloadError {
  return new DownloadError(kind, withoutCredentials(what));
}
