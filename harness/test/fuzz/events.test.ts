// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { Contract } from '../../contracts/contract.js';
import { contractNamed } from '../../contracts/registry.js';
import { speaking } from '../../contracts/speaking.js';
import type { RawEvent } from '../../model/scenario-evidence.js';
import { foreignDialect } from '../fixtures/foreign-dialect.js';
import { checkInputs, fuzzTimeout, mutatedText, seedFile } from './inputs.js';
import { mutatedValues } from './json-inputs.js';

/** Lines that an agent writes where its events should be: whatever they are, they are read, and never is anything thrown. */

const lines = seedFile('events.jsonl').toString().trimEnd().split('\n');
const contracts: Contract[] = [contractNamed('aegis'), contractNamed('audit')];

beforeAll(async () => {
  const [aegis] = contracts;
  if (aegis !== undefined) contracts.push(speaking(aegis, await foreignDialect()));
});

/** Characters of what is said about one line. */
const longest = 20_000;

/** All that is asked of an event. */
function askAll({ events }: Contract, event: RawEvent): void {
  const texts = [
    events.describe(event),
    events.stateOf(event),
    events.claimedStop(event),
    events.nameOf(event),
    events.ruleOf(event),
  ];
  for (const text of texts) if (text !== null && typeof text !== 'string') throw new Error('no text');
  const count = events.lostOf(event);
  if (count !== null && typeof count !== 'number') throw new Error('no number');
  events.isAboutAttempt(event);
  events.actionOf(event);
  events.implied(event);
}

/** How many of the lines were events, for one of the contracts. */
function readAll(written: readonly string[], which: number): number {
  const contract = contracts[which % contracts.length];
  if (contract === undefined) throw new Error('no contract');
  const { events, bad } = contract.events.read(written);
  if (bad.some((one) => one.length > longest)) throw new Error('a page about a line');
  for (const event of events) askAll(contract, event);
  return events.length;
}

it(
  'any text',
  () => {
    let found = 0;
    checkInputs(fc.tuple(mutatedText(lines), fc.nat(2)), ([text, which]) => {
      found += readAll(text.split('\n'), which);
    });
    expect(found).toBeGreaterThan(0);
  },
  fuzzTimeout,
);

it(
  'any values',
  () => {
    let found = 0;
    checkInputs(fc.tuple(mutatedValues(lines), fc.nat(2)), ([value, which]) => {
      found += readAll([JSON.stringify(value)], which);
    });
    expect(found).toBeGreaterThan(0);
  },
  fuzzTimeout,
);
