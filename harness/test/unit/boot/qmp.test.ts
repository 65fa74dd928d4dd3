// SPDX-License-Identifier: Apache-2.0
import { duplexPair, type Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { Qmp, QmpError } from '../../../boot/qmp.js';

interface FakeQemu {
  /** The harness's end. */
  readonly stream: Duplex;
  /** QEMU's end, for misbehaviour. */
  readonly own: Duplex;
  readonly asked: string[];
}

const greeting = '{"QMP": {"version": {}, "capabilities": []}}\n';

/** Answers each command with the next line of `answers`; null says nothing. */
function fakeQemu(...answers: (string | null)[]): FakeQemu {
  const [stream, own] = duplexPair();
  const asked: string[] = [];
  own.write(greeting);
  own.on('data', (chunk: Buffer) => {
    for (const line of chunk.toString().trim().split('\n')) {
      const { execute } = JSON.parse(line) as { execute: string };
      asked.push(execute);
      const answer = execute === 'qmp_capabilities' ? '{"return": {}}' : answers.shift();
      if (answer != null) own.write(`${answer}\n`);
    }
  });
  return { stream, own, asked };
}

const options = { answerMs: 100, signal: new AbortController().signal };
const connected = (qemu: FakeQemu): Promise<Qmp> => Qmp.connect(qemu.stream, options);

describe('QMP', () => {
  it('says hello, then gives each command its answer', async () => {
    const qemu = fakeQemu('{"return": {"status": "running"}}', '{"return": {}}');
    const qmp = await connected(qemu);
    const [status, stopped] = await Promise.all([qmp.execute('query-status'), qmp.execute('stop')]);
    expect([status, stopped]).toEqual([{ status: 'running' }, {}]);
    expect(qemu.asked).toEqual(['qmp_capabilities', 'query-status', 'stop']);
  });

  it('is not confused by events, nor by a line in two pieces', async () => {
    const qemu = fakeQemu(null);
    const qmp = await connected(qemu);
    const stopped = qmp.execute('stop');
    qemu.own.write('{"event": "STOP", "timestamp": {}}\n{"ret');
    qemu.own.write('urn": {"x": 1}}\n');
    expect(await stopped).toEqual({ x: 1 });
  });

  it('tells what QEMU refuses in its own words, and goes on', async () => {
    const qmp = await connected(
      fakeQemu('{"error": {"class": "GenericError", "desc": "no such thing"}}', '{"return": {}}'),
    );
    await expect(qmp.execute('migrate')).rejects.toThrow('QEMU refused: no such thing');
    expect(await qmp.execute('cont')).toEqual({});
  });

  it('asks for a state until it is none of the passing ones', async () => {
    const states = ['setup', 'active', 'completed'].map((status) => `{"return": {"status": "${status}"}}`);
    const qmp = await connected(fakeQemu('{"return": {}}', ...states));
    expect(await qmp.settled('query-migrate', ['setup', 'active'])).toEqual({ status: 'completed' });
  });

  it.each([
    ['ends', (own: Duplex) => own.end(), QmpError],
    ['is not JSON', (own: Duplex) => own.write('qemu: fatal\n'), QmpError],
  ])('that %s rejects what waits and what comes', async (_, misbehave, kind) => {
    const qemu = fakeQemu(null);
    const qmp = await connected(qemu);
    const waiting = qmp.execute('stop');
    misbehave(qemu.own);
    await expect(waiting).rejects.toBeInstanceOf(kind);
    await expect(qmp.execute('cont')).rejects.toBeInstanceOf(kind);
  });

  it('that breaks with an error is no error of the whole process', async () => {
    const qemu = fakeQemu(null);
    const qmp = await connected(qemu);
    const waiting = qmp.execute('stop');
    qemu.stream.destroy(new Error('read ECONNRESET'));
    await expect(waiting).rejects.toBeInstanceOf(QmpError);
  });

  it('that is silent is a deadline with a name; an abort is its reason', async () => {
    const qmp = await connected(fakeQemu(null));
    await expect(qmp.execute('stop')).rejects.toThrow('no answer of QEMU to stop within 0.1 s');
    const abort = new AbortController();
    const other = await Qmp.connect(fakeQemu(null).stream, { answerMs: 10_000, signal: abort.signal });
    const waiting = other.execute('stop');
    abort.abort(new Error('interrupted'));
    await expect(waiting).rejects.toThrow('interrupted');
  });
});
