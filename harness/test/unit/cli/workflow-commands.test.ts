// SPDX-License-Identifier: Apache-2.0
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { filterWorkflowCommands, runnerStream, WorkflowCommandFilter } from '../../../cli/workflow-commands.js';
import { renderError } from '../../../report/errors.js';

/** What comes out, whole and byte by byte. */
function filtered(text: string): string {
  const bytes = Buffer.from(text);
  const whole = Buffer.from(new WorkflowCommandFilter().filtered(bytes)).toString();
  const filter = new WorkflowCommandFilter();
  const single = Buffer.concat([...bytes].map((byte) => filter.filtered(Uint8Array.of(byte)))).toString();
  expect(single).toBe(whole);
  return whole;
}

describe('a line of a log', () => {
  it.each([
    '::set-output name=a::b',
    'first\n::error file=x::y\n',
    '  \t::add-mask::x',
    '\r::stop-commands::x',
    'at 40 %\r::stop-commands::x',
    'a line\r\n\r ::set-env name=PATH::/x',
    '\u00a0::warning::x',
    'text ##[group]x',
    '###[error]x',
  ])('%j is no command', (text) => {
    const out = filtered(text);
    expect(out).not.toMatch(/(^|[\r\n])\s*::/);
    expect(out).not.toContain('##[');
    expect(out.replaceAll(': :', '::').replaceAll('## [', '##[')).toBe(text);
  });

  it.each(['std::vector', 'a ::b', 'fe80::1\n', '# heading [x]', '{\n  "a": "b::c"\n}\n', ': one'])(
    '%j is as it was',
    (text) => {
      expect(filtered(text)).toBe(text);
    },
  );

  it('is filtered on a stream, texts and bytes', () => {
    const stream = new PassThrough();
    filterWorkflowCommands(stream as unknown as NodeJS.WriteStream);
    stream.write('::error::x\n');
    stream.write(Buffer.from(':'));
    stream.write(Buffer.from(':debug::y\n'));
    expect(String(stream.read())).toBe(': :error::x\n: :debug::y\n');
    // Ours stay what they are.
    runnerStream(stream as unknown as NodeJS.WriteStream).write('::notice::z\n');
    expect(String(stream.read())).toBe('::notice::z\n');
  });

  it('of ours is written as it is where nothing is filtered', () => {
    const stream = new PassThrough();
    runnerStream(stream as unknown as NodeJS.WriteStream).write('::notice::z\n');
    expect(String(stream.read())).toBe('::notice::z\n');
  });
});

it('an error with what a guest said moves no cursor', () => {
  const text = renderError(new Error('QEMU said \u001b[2J\u009b31m\rgone\u0007\nand more'), 'debug');
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/);
  expect(text).toContain(String.raw`\x1b[2J`);
});
