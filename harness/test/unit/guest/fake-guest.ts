// SPDX-License-Identifier: Apache-2.0
import { duplexPair, type Duplex } from 'node:stream';
import { messages, type ReplyOf, type Request, type RequestOf } from '../../../guest/messages.js';
import { operations, protocolVersion } from '../../../guest/protocol.js';
import { decodeMessage, encodeMessage, type Message, type Shape } from '../../../guest/shape.js';
import { encodeFrame, FrameDecoder, type Frame } from '../../../guest/wire.js';

/** A request as the fake guest sees it. */
export type Asked = { [R in Request]: { readonly name: R; readonly message: Message<RequestOf<R>> } }[Request];

/** What it answers: a reply, a frame of any kind, or silence. */
export type Answer = Uint8Array | Frame | null;

export const hello: Message<ReplyOf<'hello'>> = {
  version: protocolVersion,
  release: '6.1.0',
  build: '#1',
  machine: 'x86_64',
  libbpf: '1.7.0',
  setupFailure: [],
};

/** The payload of a reply. */
export function reply<R extends Request>(request: R, message: Message<ReplyOf<R>>): Uint8Array {
  return encodeMessage<Shape>(messages[request].reply, message);
}

export interface FakeGuest {
  /** The harness's end. */
  readonly stream: Duplex;
  /** Everything that was asked, in order. */
  readonly asked: Asked[];
  /** The guest's end, for misbehaviour. */
  readonly own: Duplex;
}

/** A guest in memory: says hello (unless told otherwise) and answers each request with what `answer` gives. */
export function fakeGuest(answer: (asked: Asked) => Answer, first: Answer = reply('hello', hello)): FakeGuest {
  const [stream, own] = duplexPair();
  const asked: Asked[] = [];
  const decoder = new FrameDecoder();
  const send = (type: number, seq: number, what: Answer): void => {
    if (what === null) return;
    own.write(encodeFrame(what instanceof Uint8Array ? { type, seq, payload: what } : what));
  };
  own.on('data', (chunk: Uint8Array) => {
    for (const frame of decoder.push(chunk)) {
      const name = (Object.keys(messages) as Request[]).find((key) => operations[key] === frame.type)!;
      const message = decodeMessage<Shape>(messages[name].request, frame.payload);
      asked.push({ name, message } as Asked);
      send(frame.type, frame.seq, answer({ name, message } as Asked));
    }
  });
  send(operations.hello, 0, first);
  return { stream, asked, own };
}
