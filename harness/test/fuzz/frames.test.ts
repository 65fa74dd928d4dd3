// SPDX-License-Identifier: Apache-2.0
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { messages, linesShape, errorShape } from '../../guest/messages.js';
import { decodeMessage, encodeMessage, type Message, type Shape } from '../../guest/shape.js';
import { encodeFrame, type Frame, FrameDecoder, WireError } from '../../guest/wire.js';
import { checkInputs, fuzzTimeout, mutatedBytes, seedFile } from './inputs.js';

/** What a guest says, which an agent that is root there can write in its place: frames, or a WireError and nothing else. */

const streams = ['hello', 'put-get', 'run', 'inspect', 'error'].map((name) => seedFile(`frames/${name}`));

/** All frames of a stream that comes in such portions; null for bytes that are no frames. */
function framesOf(
  stream: Buffer,
  portion: number,
): { readonly frames: readonly Frame[]; readonly rest: number } | null {
  const decoder = new FrameDecoder();
  const frames: Frame[] = [];
  try {
    for (let at = 0; at < stream.length; at += portion) {
      frames.push(...decoder.push(stream.subarray(at, at + portion)));
    }
    return { frames, rest: decoder.pending };
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}

it(
  'frames are the bytes that came, in whatever portions',
  () => {
    let whole = 0;
    checkInputs(fc.tuple(mutatedBytes(streams), fc.integer({ min: 1, max: 200 })), ([stream, portion]) => {
      const read = framesOf(stream, portion);
      const atOnce = framesOf(stream, stream.length + 1);
      if ((read === null) !== (atOnce === null)) throw new Error('the portions decide');
      if (read === null) return;
      whole++;
      const again = Buffer.concat(read.frames.map((frame) => encodeFrame(frame)));
      if (again.length + read.rest !== stream.length || again.compare(stream, 0, again.length) !== 0)
        throw new Error('not what came');
    });
    expect(whole).toBeGreaterThan(0);
  },
  fuzzTimeout,
);

/** The payloads of the recorded replies. */
const payloads = streams.flatMap((stream) =>
  (framesOf(stream, 64)?.frames ?? []).map(({ payload }) => Buffer.from(payload)),
);

function decoded<S extends Shape>(shape: S, payload: Uint8Array): Message<S> | null {
  try {
    return decodeMessage(shape, payload);
  } catch (error) {
    if (error instanceof WireError) return null;
    throw error;
  }
}

it(
  'a reply is refused, or says the same when it is written again',
  () => {
    const replies = Object.values(messages).map(({ reply }): Shape => reply);
    const shapes = [...replies, errorShape, linesShape];
    let read = 0;
    checkInputs(fc.tuple(mutatedBytes(payloads), fc.nat(shapes.length - 1)), ([payload, index]) => {
      const shape = shapes[index] ?? {};
      const message = decoded(shape, payload);
      if (message === null) return;
      read++;
      const written = encodeMessage(shape, message);
      if (written.length !== payload.length) throw new Error('fields came or went');
      if (Buffer.compare(encodeMessage(shape, decodeMessage(shape, written)), written) !== 0)
        throw new Error('it changed');
    });
    expect(read).toBeGreaterThan(0);
  },
  fuzzTimeout,
);
