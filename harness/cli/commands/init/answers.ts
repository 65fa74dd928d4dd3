// SPDX-License-Identifier: Apache-2.0
import { basename } from 'node:path';
import type { Candidates } from '../../../config/init-candidates.js';
import type { AgentConventions } from '../../../model/agent-conventions.js';
import { UsageError } from '../../../model/errors.js';
import { invocation } from '../../../model/invocation.js';
import type { Ask } from './ask.js';
import type { InitFlags } from './flags.js';

/** What was answered, by flags or by a person. */
export interface InitAnswers {
  readonly object: string;
  readonly agent: string;
  readonly name: string;
  /** Is it to be started for its --help. */
  readonly helpCall: boolean;
  readonly features: Readonly<Record<string, boolean>>;
}

/** @throws UsageError naming the flag that is missing, with what there is. */
export function answersOfFlags({ object, agent, name, helpCall }: InitFlags, found: Candidates): InitAnswers {
  if (object === undefined) throw missing('--object', 'the BPF object that the agent loads', found.objects);
  if (agent === undefined) {
    throw new UsageError({
      message: `--agent is missing${listOf(found.programs)}`,
      next: `name it; an object without an agent needs no configuration: ${invocation} --object ${object}`,
    });
  }
  return { object, agent, name: name ?? nameOf(agent), helpCall, features: {} };
}

/** Asks for what flags do not say. Null where there is no agent: an object alone needs no configuration. */
export async function answersOfPerson(
  flags: InitFlags,
  found: Candidates,
  { ask, conventions, write }: { readonly ask: Ask; readonly conventions: AgentConventions; readonly write: Write },
): Promise<InitAnswers | { readonly objectAlone: string }> {
  const object = flags.object ?? (await choose('Object, a BPF file', found.objects, { ask, write }));
  if (object === '') throw missing('--object', 'the BPF object', []);
  const agent =
    flags.agent ?? (await choose('Agent that loads it, a program (- for none)', found.programs, { ask, write }));
  if (agent === '' || agent === '-') return { objectAlone: object };
  const name = flags.name ?? (await ask('Its name in reports', nameOf(agent)));
  const helpCall = flags.helpCall && (await yes(ask, `Start ${agent} --help here, without any capability`));
  const features: Record<string, boolean> = {};
  for (const [feature, question] of Object.entries(conventions.features)) {
    features[feature] = await yes(ask, `${question.charAt(0).toUpperCase()}${question.slice(1)}`);
  }
  return { object, agent, name, helpCall, features };
}

type Write = (text: string) => void;

async function choose(
  question: string,
  candidates: readonly string[],
  { ask, write }: { readonly ask: Ask; readonly write: Write },
): Promise<string> {
  const [first = '', ...others] = candidates;
  if (others.length > 0) write(candidates.map((file, index) => `  ${index + 1}  ${file}\n`).join(''));
  const answer = await ask(others.length > 0 ? `${question}, or its number` : question, first);
  return candidates[Number(answer) - 1] ?? answer;
}

async function yes(ask: Ask, question: string): Promise<boolean> {
  return !/^n/i.test(await ask(`${question}? y/n`, 'y'));
}

function nameOf(agent: string): string {
  return basename(agent).replaceAll(/[^\w .-]/g, '-');
}

function missing(flag: string, what: string, candidates: readonly string[]): UsageError {
  return new UsageError({
    message: `${flag} is missing: ${what}${listOf(candidates)}`,
    next: `name it, or run ${invocation} init on a terminal, which asks`,
  });
}

function listOf(candidates: readonly string[]): string {
  return candidates.length === 0 ? '' : `; there are ${candidates.join(', ')}`;
}
