// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { splitFields, WireError } from '../../guest/wire.js';
import { checkInputs, fuzzTimeout, mutatedBytes, mutatedText, seedFile } from './inputs.js';
import { mutatedValues } from './json-inputs.js';

/** Readers with a mistake that ours could have had, or had: what the properties are fed with finds each. */

const lines = (name: string): readonly string[] => seedFile(name).toString().trimEnd().split('\n');
const payload = seedFile('frames/inspect').subarray(16);

/** Believes the length that a field announces. */
function splitCarelessly(bytes: Buffer): void {
  for (let at = 0; at + 8 <= bytes.length;) {
    const length = bytes.readUInt32LE(at + 4);
    if (bytes.subarray(at + 8, at + 8 + length).length < length) throw new Error('reads on behind the end');
    at += 8 + length;
  }
}

function refusesOrSplits(bytes: Buffer): void {
  try {
    splitFields(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
}

/** What went wrong for the input that was found; empty where none was. */
function found(check: () => void): string {
  try {
    check();
    return '';
  } catch (error) {
    return ((error as Error).cause as Error).message;
  }
}

describe('inputs', () => {
  it('find a length that is believed', { timeout: fuzzTimeout }, () => {
    expect(
      found(() => {
        checkInputs(mutatedBytes([payload]), splitCarelessly);
      }),
    ).toContain('reads on behind the end');
    checkInputs(mutatedBytes([payload]), refusesOrSplits);
  });

  it('find an object where a word was expected', { timeout: fuzzTimeout }, () => {
    const describeState = (value: unknown): string => `in state ${String((value as Record<string, unknown>)['state'])}`;
    expect(
      found(() => {
        checkInputs(mutatedValues(lines('events.jsonl')), describeState);
      }),
    ).toContain('Cannot convert object to primitive value');
  });

  it('find a line that is cut', { timeout: fuzzTimeout }, () => {
    expect(
      found(() => {
        checkInputs(mutatedText(lines('reports.jsonl')), (text) => JSON.parse(text) as unknown);
      }),
    ).toContain('JSON');
  });

  it('find a hash that is not looked at', { timeout: fuzzTimeout }, () => {
    const shortest = (text: string): void => {
      const hash = /"sha256": "(\w*)"/.exec(text)?.[1];
      if (hash !== undefined && hash.length !== 64) throw new Error('half a hash');
    };
    expect(
      found(() => {
        checkInputs(mutatedText([seedFile('lock.json').toString()]), shortest);
      }),
    ).toContain('half a hash');
  });
});
