// SPDX-License-Identifier: Apache-2.0
import { GuestRefusal } from '../guest/errors.js';
import { getEnds } from '../guest/files.js';
import type { ComingUp } from '../model/scenario-evidence.js';
import { shellQuote } from '../proc/shell-quote.js';
import type { Started } from './started.js';

/** Bytes kept of each end of a file that an agent wrote. */
const keptOfEachEnd = 256 * 1024;

/** One start of the agent as it is kept for people: what it was given, and what it wrote. */
export interface KeptStart {
  readonly phase: string;
  /** 1 for the first start of the phase. */
  readonly number: number;
  readonly files: readonly KeptFile[];
}

export interface KeptFile {
  /** `command.txt`, `policy`, `stdout`, `stderr`, `report.json`. */
  readonly name: string;
  readonly content: Buffer | string;
}

/** Everything about a start that is there by now; what the agent has not written is left out. */
export async function keptFiles(
  started: Started,
  { withReport, since }: { readonly withReport: boolean; readonly since: string | null },
): Promise<readonly KeptFile[]> {
  const { of, files, given } = started;
  const { report } = of.agent;
  const written: readonly (readonly [name: string, path: string])[] = [
    ['stdout', files.stdout],
    ['stderr', files.stderr],
    ...(report === null || !withReport ? [] : [['report.json', report] as const]),
  ];
  const kept: KeptFile[] = [{ name: 'command.txt', content: describeStart(started, since) }];
  if (given.policy !== null) kept.push({ name: 'policy', content: given.policy });
  for (const [name, path] of written) {
    const content = await contentIfReadable(started, path);
    if (content !== null && content.length > 0) kept.push({ name, content });
  }
  return kept;
}

/** An agent may leave anything in place of a file; what cannot be read is not kept. */
async function contentIfReadable({ of }: Started, path: string): Promise<Buffer | null> {
  try {
    return await getEnds(of.guest, path, keptOfEachEnd);
  } catch (error) {
    if (error instanceof GuestRefusal) return null;
    throw error;
  }
}

/** A command line to paste, what ran before it, how it came up and how it ended. */
function describeStart({ given, comingUp, end }: Started, since: string | null): string {
  const prepared = given.prepared.flatMap(({ argv, end: how, stdout, stderr }) => [
    '# Before it:',
    pasteable(argv, given.env),
    `# ${how}`,
    ...quoted('stdout', stdout),
    ...quoted('stderr', stderr),
    '',
  ]);
  const started = given.argv === null ? ['# It was not started.'] : [pasteable(given.argv, given.env)];
  const shared = since === null ? [] : [`# The start of the phase ${since}, looked at again.`];
  return [
    ...shared,
    ...prepared,
    ...started,
    `# Coming up: ${describeComingUp(comingUp)}`,
    `# End: ${end ?? 'it runs'}`,
    '',
  ].join('\n');
}

function pasteable(argv: readonly string[], env: Readonly<Record<string, string>>): string {
  const variables = Object.entries(env).map(([name, value]) => `${name}=${shellQuote(value)}`);
  return ['env -i', ...variables, argv.map(shellQuote).join(' ')].join(' \\\n  ');
}

function quoted(name: string, text: string): readonly string[] {
  return text === ''
    ? []
    : [
        `# ${name}:`,
        ...text
          .trimEnd()
          .split('\n')
          .map((line) => `#   ${line}`),
      ];
}

function describeComingUp(comingUp: ComingUp): string {
  switch (comingUp.kind) {
    case 'announced':
      return 'it said that it is ready';
    case 'ended':
      return `it ended without being ready: ${comingUp.end}`;
    case 'silent':
      return `it said nothing for ${comingUp.ms / 1000} s`;
  }
}
