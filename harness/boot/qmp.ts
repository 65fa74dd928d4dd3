// SPDX-License-Identifier: Apache-2.0
import type { Duplex } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import { withDeadline } from '../proc/deadline.js';

/** QEMU refused a command, or the channel to it ended. */
export class QmpError extends Error {
  override readonly name = 'QmpError';
}

export interface QmpOptions {
  /** Milliseconds for one answer. */
  readonly answerMs: number;
  readonly signal: AbortSignal;
}

/** Characters of one answer; the longest has a few thousand. */
const lineLimit = 2 ** 20;

/** Milliseconds between two polls at a state that QEMU is asked for. */
const pollMs = 5;

type Answer = Readonly<Record<string, unknown>>;

interface Waiting {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/**
 * QEMU's own control channel (QMP): one JSON object a line, one answer a command, in order. Events are left out: what
 * matters here is asked for.
 */
export class Qmp {
  readonly #stream: Duplex;
  readonly #options: QmpOptions;
  readonly #waiting: Waiting[] = [];
  readonly #decoder = new StringDecoder('utf8');
  #partial = '';
  #broken: Error | undefined;

  private constructor(stream: Duplex, options: QmpOptions) {
    this.#stream = stream;
    this.#options = options;
    stream.on('data', (chunk: Buffer) => {
      this.#receive(chunk);
    });
    // A QEMU that is killed resets the channel.
    for (const event of ['error', 'end', 'close']) {
      stream.once(event, () => {
        this.#break(new QmpError('QEMU closed its control channel'));
      });
    }
  }

  /** Takes up the channel of a machine that runs or waits. Throws QmpError, DeadlineError, or the signal's reason. */
  static async connect(stream: Duplex, options: QmpOptions): Promise<Qmp> {
    const qmp = new Qmp(stream, options);
    await qmp.execute('qmp_capabilities');
    return qmp;
  }

  /** One command and what it returns. Throws QmpError with QEMU's words when it refuses. */
  async execute(command: string, args: Answer = {}): Promise<Answer> {
    if (this.#broken) throw this.#broken;
    const answer = new Promise<Answer>((resolve, reject) => this.#waiting.push({ resolve, reject }));
    this.#stream.write(`${JSON.stringify({ execute: command, arguments: args })}\n`);
    const { answerMs, signal } = this.#options;
    return withDeadline(`answer of QEMU to ${command}`, answerMs, answer, { signal });
  }

  /** Asks `query` again until its `status` is none of `passing`, and returns it. Ends by the signal only. */
  async settled(query: string, passing: readonly string[]): Promise<Answer> {
    for (;;) {
      const answer = await this.execute(query);
      const status = answer['status'];
      if (typeof status === 'string' && !passing.includes(status)) return answer;
      await sleep(pollMs, undefined, { signal: this.#options.signal });
    }
  }

  #receive(chunk: Buffer): void {
    if (this.#broken) return;
    const lines = (this.#partial + this.#decoder.write(chunk)).split('\n');
    this.#partial = lines.pop() ?? '';
    if (this.#partial.length > lineLimit) this.#break(new QmpError('QEMU answers without an end'));
    for (const line of lines) this.#line(line);
  }

  #line(line: string): void {
    const message = parsed(line);
    if (message === null) {
      this.#break(new QmpError(`QEMU answers ${JSON.stringify(line.slice(0, 200))}`));
      return;
    }
    // The greeting and events come unasked.
    if (!('return' in message) && !('error' in message)) return;
    const waiting = this.#waiting.shift();
    if ('error' in message) waiting?.reject(new QmpError(refusalText(message['error'])));
    else waiting?.resolve((message['return'] ?? {}) as Answer);
  }

  #break(error: Error): void {
    this.#broken ??= error;
    for (const { reject } of this.#waiting.splice(0)) reject(this.#broken);
  }
}

function parsed(line: string): Answer | null {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Answer) : null;
  } catch {
    return null;
  }
}

function refusalText(error: unknown): string {
  const { desc } = (error ?? {}) as { readonly desc?: unknown };
  return `QEMU refused: ${typeof desc === 'string' ? desc : JSON.stringify(error)}`;
}
