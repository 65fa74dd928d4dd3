// SPDX-License-Identifier: Apache-2.0
import type { Dialect } from '../model/dialect.js';
import type { Claim, RawEvent } from '../model/scenario-evidence.js';
import type { Contract } from './contract.js';
import { dialectEvents } from './dialect/event-reader.js';
import { dialectPolicy } from './dialect/policy-writer.js';
import { translateReport } from './dialect/translate-report.js';

/**
 * A contract as an agent with a dialect keeps it: what the agent writes is translated when it is read, what it is given when
 * it is written. Evidence holds the contract's words alone, so that it is judged without the dialect.
 */
export function speaking(contract: Contract, dialect: Dialect | null): Contract {
  const { vocabulary } = contract.conventions;
  if (dialect === null || vocabulary === null) return contract;
  return {
    ...contract,
    events: dialectEvents(contract.events, dialect, vocabulary),
    policy: contract.policy === null ? null : dialectPolicy(contract.policy, dialect.policy),
  };
}

/** What an agent's capability report says, in the words of its contract. */
export function reportInContract(
  value: RawEvent,
  { conventions }: Contract,
  dialect: Dialect | null,
): NonNullable<Claim['report']> {
  const vocabulary = conventions.vocabulary?.report ?? null;
  if (dialect === null || dialect.report === null || vocabulary === null) return { kind: 'read', value };
  const known = conventions.vocabulary?.states ?? [];
  const { lacks } = dialect.report;
  const translated = translateReport(value, dialect.report, vocabulary, { words: dialect.states, known });
  return { kind: 'read', ...translated, lacks };
}
