// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import * as protocol from '../../../guest/protocol.js';

const header = readFileSync(new URL('../../../../bpf/guest/protocol.h', import.meta.url), 'utf8');

/** The X() entries of one list of the header, with names as TypeScript writes them. */
function entries(text: string, list: string): [string, number | { id: number; kind: string }][] {
  const body = new RegExp(`#define BPMX_${list}\\(X\\)((?:.*\\\\\\n)*.*\\n)`).exec(text)?.[1] ?? '';
  return [...body.matchAll(/X\((\w+), (\d+)(?:, (\w+))?\)/g)].map(([, name = '', number, kind]) => [
    name.toLowerCase().replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    kind === undefined ? Number(number) : { id: Number(number), kind: kind.toLowerCase() },
  ]);
}

function define(name: string): string | undefined {
  return new RegExp(`#define ${name}\\s+(.+)`).exec(header)?.[1];
}

describe('the protocol is the same in C and in TypeScript', () => {
  it.each([
    ['KINDS', protocol.kinds],
    ['OPS', protocol.operations],
    ['ERRORS', protocol.errorCodes],
    ['FIELDS', protocol.fields],
    ['ENDS', protocol.ends],
    ['STAGES', protocol.stages],
  ])('%s', (list, ours) => {
    expect(entries(header, list).length).toBeGreaterThan(3);
    expect(Object.entries(ours)).toEqual(entries(header, list));
  });

  it('magic, version and sizes', () => {
    expect(define('BPMX_MAGIC')).toBe(`0x${protocol.magic.toString(16)}u`);
    expect(define('BPMX_VERSION')).toBe(`${protocol.protocolVersion}u`);
    expect(define('BPMX_FRAME_MAX')).toBe('(1u << 20)');
    expect(protocol.frameMax).toBe(1 << 20);
  });

  it('a changed number or kind is seen', () => {
    const moved = header.replace('X(PATH, 4, STRING)', 'X(PATH, 400, STRING)');
    const retyped = header.replace('X(PATH, 4, STRING)', 'X(PATH, 4, BYTES)');
    for (const changed of [moved, retyped]) {
      expect(Object.entries(protocol.fields)).not.toEqual(entries(changed, 'FIELDS'));
    }
  });

  it('no number is used twice', () => {
    for (const list of ['KINDS', 'OPS', 'ERRORS', 'FIELDS', 'ENDS', 'STAGES']) {
      const numbers = entries(header, list).map(([, entry]) => (typeof entry === 'number' ? entry : entry.id));
      expect(new Set(numbers).size).toBe(numbers.length);
    }
  });
});
