// SPDX-License-Identifier: Apache-2.0
import type { AgentConventions } from '../model/agent-conventions.js';

/** Paths in the guest, which every agent has. */
const pathPlaceholders = ['binary', 'object', 'policy', 'report', 'folder'] as const;

/**
 * Placeholders in the command lines and the environment of an agent: `{policy}` and so on. What they stand for is
 * known only when an agent is started in a guest; that they exist is checked when the configuration is read.
 */
export function placeholdersOf({ options }: AgentConventions): readonly string[] {
  return [...pathPlaceholders, ...Object.keys(options)];
}

/** A name in braces. JSON in an argument has quotes or spaces after its brace and is left alone. */
const inBraces = /\{([A-Za-z][A-Za-z0-9_-]*)\}/g;

/** The first placeholder that is not a known one, with its braces; null when all are known. */
export function unknownPlaceholder(text: string, known: readonly string[]): string | null {
  for (const [braced, name = ''] of text.matchAll(inBraces)) {
    if (!known.includes(name)) return braced;
  }
  return null;
}

/**
 * Puts in what the placeholders stand for, once: a value that has braces itself is not expanded again. An argument that
 * comes out empty is left out, so that an option without a value can be spelled ''. A placeholder without a value stays.
 */
export function expandPlaceholders(
  args: readonly string[],
  values: Readonly<Record<string, string>>,
): readonly string[] {
  return args
    .map((argument) =>
      argument.replace(
        inBraces,
        (braced, name: string) => (Object.hasOwn(values, name) ? values[name] : undefined) ?? braced,
      ),
    )
    .filter((argument) => argument !== '');
}
