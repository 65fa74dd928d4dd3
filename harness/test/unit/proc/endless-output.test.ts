// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { KeptOutput, outputLimit } from '../../../proc/kept-output.js';
import { runGroup } from '../../../proc/run-group.js';
import { CommandError, runProgram } from '../../../proc/run.js';

const { signal } = new AbortController();
/** More than is kept, between a word at each end. */
const flood = `echo first; head -c ${4 * outputLimit} /dev/zero; echo; echo last`;

/** Of this process, in MiB, at most so far. */
const peak = (): number => process.resourceUsage().maxRSS / 1024;

// execa would put all of it into the text of an error, six characters for each NUL: V8 ends the process over that.
describe('a program that writes 256 MiB of NUL bytes', () => {
  it.each(['', '>&2'])('is killed and said to have, in little memory %s', async (stream) => {
    const before = peak();
    const error = await runProgram('/bin/sh', ['-c', `( ${flood} ) ${stream}`]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(CommandError);
    expect(error).toMatchObject({
      reason: 'output',
      message: expect.stringMatching(/^\/bin\/sh wrote more than 64 MiB, and was killed: first "first\\n/) as string,
    });
    expect((error as CommandError).message.length).toBeLessThan(1000);
    expect(peak() - before).toBeLessThan(300);
  });

  it('and fails, too', async () => {
    const failing = runProgram('/bin/sh', ['-c', `${flood}; exit 3`]);
    await expect(failing).rejects.toMatchObject({ reason: 'output' });
  });

  it('as the build of a user goes on to its end, and both ends of it are kept', async () => {
    const { exitCode, stdout } = await runGroup(['/bin/sh', '-c', `${flood}; exit 3`], { cwd: '/', signal });
    expect(exitCode).toBe(3);
    expect(stdout.length).toBeLessThan(outputLimit + 100);
    expect(stdout.startsWith('first\n\0')).toBe(true);
    expect(stdout.endsWith('\0\nlast\n')).toBe(true);
    expect(stdout).toContain(`\n[${3 * outputLimit + 12} bytes left out]\n`);
  });

  it('and never ends is killed as well', async () => {
    await expect(runProgram('cat', ['/dev/zero'], { timeout: 60_000 })).rejects.toMatchObject({ reason: 'output' });
  });
});

describe('what is kept of an output', () => {
  const kept = (limit: number, ...chunks: readonly string[]): KeptOutput => {
    const output = new KeptOutput(limit);
    for (const chunk of chunks) output.take(Buffer.from(chunk));
    return output;
  };

  it.each([
    [[], ''],
    [['abc'], 'abc'],
    [['abcde'], 'abcde'],
    [['ab', 'cdefg', 'hij'], 'abcdefghij'],
    [['abcdefghij'], 'abcdefghij'],
    [['abcdefghijk'], 'abcde\n[1 bytes left out]\nghijk'],
    [['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'l', 'm'], 'abcde\n[3 bytes left out]\nijklm'],
    [['abcdefgh', 'ijklmnopqrstuvwxyz'], 'abcde\n[16 bytes left out]\nvwxyz'],
    [['abcdefgh', 'ijk', 'lmnopq'], 'abcde\n[7 bytes left out]\nmnopq'],
  ])('%j of ten bytes', (chunks, text) => {
    expect(kept(10, ...chunks).text()).toBe(text);
  });

  it('takes no more memory for pieces of one byte', () => {
    const output = new KeptOutput(1000);
    for (let at = 0; at < 100_000; at++) output.take(Buffer.from('x'));
    expect(output.bytes().length).toBeLessThan(1100);
    expect(output.leftOut).toBe(99_000);
  });
});
