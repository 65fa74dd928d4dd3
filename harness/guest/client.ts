// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { InfraError } from '../model/errors.js';
import { type Clock, DeadlineError, wallClock, withDeadline } from '../proc/deadline.js';
import { GuestRefusal, protocolError } from './errors.js';
import { errorShape, messages, type ReplyOf, type Request, type RequestOf } from './messages.js';
import { errorCodes, operations, protocolVersion, type GuestErrorCode } from './protocol.js';
import { decodeMessage, encodeMessage, type Message, type Shape } from './shape.js';
import { encodeFrame, FrameDecoder, WireError, type Frame } from './wire.js';

export interface GuestOptions {
  /** Milliseconds for the guest's first word. */
  readonly helloMs: number;
  /** Milliseconds for one request, on top of the time that the request itself grants to its work. */
  readonly requestMs: number;
  readonly signal?: AbortSignal;
  /** By which waits are measured: the time that the machine could have run. */
  readonly clock?: Clock;
  /** Hears how long each request took, in milliseconds, answered or not. */
  readonly onRequest?: (request: Request, ms: number) => void;
}

/** What the guest said first: its kernel, its libbpf, and what of its set-up failed without being fatal. */
export type Hello = Message<ReplyOf<'hello'>>;

/** Bytes of entropy for a restored guest; a kernel's own pool holds no more. */
const seedBytes = 512;

/** Bytes of a key of HMAC-SHA-256. */
const secretBytes = 32;

interface Waiting {
  readonly resolve: (frame: Frame) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A guest that answers. Requests go one at a time, in the order of the calls. After a broken protocol, a timeout or an
 * abort the stream is useless: every later request is rejected with the same error.
 */
export class Guest {
  /** Known to this guest's PID 1 and its sealed programs only, once something is sealed. */
  readonly secret: Buffer = randomBytes(secretBytes);
  readonly #stream: Duplex;
  readonly #options: GuestOptions;
  readonly #decoder = new FrameDecoder();
  #hello: Hello | undefined;
  #seq = 0;
  #waiting: Waiting | undefined;
  #early: Frame | undefined;
  #broken: Error | undefined;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(stream: Duplex, options: GuestOptions) {
    this.#stream = stream;
    this.#options = options;
    stream.on('data', (chunk: Uint8Array) => {
      this.#receive(chunk);
    });
    stream.once('error', (error: Error) => {
      this.#break(protocolError('the port failed', error));
    });
    for (const event of ['end', 'close']) {
      stream.once(event, () => {
        this.#break(protocolError('the guest closed the port'));
      });
    }
  }

  /** Waits for the hello of a guest that has just booted. Throws InfraError HELLO_TIMEOUT or GUEST_PROTOCOL. */
  static async connect(stream: Duplex, options: GuestOptions): Promise<Guest> {
    const guest = new Guest(stream, options);
    guest.#hello = await guest.#await('hello', options.helloMs, 'hello', 0);
    return guest.#checked();
  }

  /**
   * Takes up a guest restored from a snapshot: asks it for its hello, counts requests from here, and gives it what a
   * frozen machine cannot have: the time, and random numbers that no other machine of the same snapshot gets.
   */
  static async resume(stream: Duplex, options: GuestOptions): Promise<Guest> {
    const guest = new Guest(stream, options);
    guest.#send('hello', {});
    guest.#hello = await guest.#await('hello', options.helloMs, 'hello', guest.#seq);
    guest.#checked();
    await guest.call('resume', { timeUs: Date.now() * 1000, entropy: randomBytes(seedBytes) });
    return guest;
  }

  /** Milliseconds, for waits of more than one request. */
  get clock(): Clock {
    return this.#options.clock ?? wallClock;
  }

  get hello(): Hello {
    if (this.#hello === undefined) throw new Error('a guest without hello');
    return this.#hello;
  }

  /**
   * One request and its reply. `workMs` is what the request grants to its work in the guest.
   *
   * Throws GuestRefusal when the guest answers with an error, InfraError REQUEST_TIMEOUT or GUEST_PROTOCOL when it does
   * not answer, and the reason of the signal when that aborts.
   */
  async call<R extends Request>(request: R, message: Message<RequestOf<R>>, workMs = 0): Promise<Message<ReplyOf<R>>> {
    const turn = this.#queue.then(async () => {
      const asked = performance.now();
      this.#send(request, message);
      // A worker that does not die at once when its time is up is given two seconds by the guest.
      const limit = this.#options.requestMs + (workMs > 0 ? workMs + 3000 : 0);
      const reply = this.#await(request, limit, request, this.#seq);
      return reply.finally(() => this.#options.onRequest?.(request, performance.now() - asked));
    });
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  /** Closes the port; the guest powers off at once. */
  close(): void {
    this.#broken ??= protocolError('the port was closed by the harness');
    this.#stream.destroy();
  }

  #checked(): this {
    const { version } = this.hello;
    if (version !== protocolVersion) {
      throw this.#break(protocolError(`the guest speaks protocol ${version}, not ${protocolVersion}`));
    }
    return this;
  }

  #send<R extends Request>(request: R, message: Message<RequestOf<R>>): void {
    if (this.#broken) throw this.#broken;
    const payload = encodeMessage<Shape>(messages[request].request, message);
    const frame = encodeFrame({ type: operations[request], seq: this.#seq + 1, payload });
    this.#seq += 1;
    this.#stream.write(frame);
  }

  async #await<R extends Request>(
    request: R,
    limit: number,
    waitedFor: string,
    seq: number,
  ): Promise<Message<ReplyOf<R>>> {
    try {
      const frame = await withDeadline(waitedFor, limit, this.#next(), this.#options);
      return this.#read(request, frame, seq);
    } catch (error) {
      if (error instanceof GuestRefusal) throw error;
      throw this.#break(asInfra(error, seq));
    }
  }

  #next(): Promise<Frame> {
    return new Promise((resolve, reject) => {
      if (this.#broken) reject(this.#broken);
      else if (this.#early) resolve(this.#early);
      else this.#waiting = { resolve, reject };
      this.#early = undefined;
    });
  }

  #read<R extends Request>(request: R, frame: Frame, seq: number): Message<ReplyOf<R>> {
    const isError = frame.type === operations.error;
    if (frame.seq !== seq) {
      const said = isError ? `: ${decodeMessage(errorShape, frame.payload).message}` : '';
      throw new WireError(`reply ${frame.seq} to request ${seq}${said}`);
    }
    if (isError) throw refusal(request, frame);
    if (frame.type !== operations[request]) throw new WireError(`reply of type ${frame.type} to ${request}`);
    // The table ties the shape to the request; the compiler does not follow an index by a type parameter.
    return decodeMessage<Shape>(messages[request].reply, frame.payload);
  }

  #receive(chunk: Uint8Array): void {
    if (this.#broken) return;
    try {
      for (const frame of this.#decoder.push(chunk)) {
        const waiting = this.#waiting;
        this.#waiting = undefined;
        if (waiting) waiting.resolve(frame);
        else if (this.#early) throw new WireError('the guest speaks without being asked');
        else this.#early = frame;
      }
    } catch (error) {
      this.#break(asInfra(error, this.#seq));
    }
  }

  /** Remembers the first error that ended the conversation, and gives it to whoever waits. */
  #break(error: Error): Error {
    this.#broken ??= error;
    this.#waiting?.reject(this.#broken);
    this.#waiting = undefined;
    return this.#broken;
  }
}

function refusal(request: Request, frame: Frame): GuestRefusal {
  const { code, message, errno } = decodeMessage(errorShape, frame.payload);
  const name = (Object.keys(errorCodes) as GuestErrorCode[]).find((key) => errorCodes[key] === code);
  if (name === undefined) throw new WireError(`error code ${code}: ${message}`);
  return new GuestRefusal(request, name, errno ?? 0, message);
}

function asInfra(error: unknown, seq: number): Error {
  if (error instanceof WireError) return protocolError(error.message, error);
  if (!(error instanceof DeadlineError)) return error instanceof Error ? error : new Error(String(error));
  return new InfraError(seq === 0 ? 'HELLO_TIMEOUT' : 'REQUEST_TIMEOUT', {
    message: `guest: ${error.message}`,
    next: 'read the console log for what the kernel was doing',
    cause: error,
  });
}
