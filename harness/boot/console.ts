// SPDX-License-Identifier: Apache-2.0
import { createWriteStream, type WriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';
import type { Target } from '../target.js';
import { type Splat, splatFinder } from './splats.js';

/** Lines kept for a report. */
const tailLines = 60;
/** Characters kept of one line; a console can repeat one byte for ever. */
const lineLimit = 2000;

/** Bytes of each end of a console that its log keeps; an honest boot has 0.1 MiB. */
const keptOfEachEnd = 4 * 2 ** 20;

/** The guest's own last word before it powers off (bpf/guest/main.c). */
const guestFatal = /bpf-matrix-guest: fatal: (.*)/;
const kernelBanner = /Linux version \d/;

export type ConsoleEvent =
  /** The kernel printed its banner. */
  | { readonly type: 'kernel' }
  | { readonly type: 'splat'; readonly splat: Splat }
  | { readonly type: 'guest-fatal'; readonly why: string };

/** Stands in the log between the boot and what a machine restored from it said. */
export const restoredMark = '--- restored from a snapshot; the lines above are from the boot it was made of ---';

export interface ConsoleFile {
  readonly path: string;
  /** Whose kernel it is. */
  readonly target: Target;
  /** The console of the boot that a restored machine goes on from, null without one: shown, and not read again. */
  readonly before: Uint8Array | null;
}

/** Copies a guest's console to a file byte for byte, both ends of a long one, and reads along: banner, splats, the fatal line. */
export class ConsoleLog {
  readonly #file: WriteStream;
  readonly #decoder = new StringDecoder('utf8');
  readonly #tail: string[] = [];
  readonly #onEvent: (event: ConsoleEvent) => void;
  readonly #splatOf: (line: string) => Splat | null;
  #partial = '';
  #written = 0;
  /** What came after the part that is in the file: its end, and how much was left out before that. */
  readonly #end: Buffer[] = [];
  #endBytes = 0;
  #leftOut = 0;
  #writeError: Error | undefined;

  constructor(source: Readable, { path, target, before }: ConsoleFile, onEvent: (event: ConsoleEvent) => void) {
    this.#file = createWriteStream(path);
    this.#file.on('error', (error) => (this.#writeError = error));
    this.#onEvent = onEvent;
    this.#splatOf = splatFinder(target);
    if (before !== null) this.#begin(before);
    source.on('data', (chunk: Buffer) => {
      this.#keep(chunk);
      this.#read(this.#decoder.write(chunk));
    });
  }

  /** Not one byte has come. */
  get empty(): boolean {
    return this.#tail.length === 0 && this.#partial === '';
  }

  /** Resolves when all that has come is in the file. */
  async flushed(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#file.write('', (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** The last lines, oldest first; says so when there are none. */
  tail(): readonly string[] {
    const lines = this.#partial === '' ? this.#tail : [...this.#tail, this.#partial];
    return this.empty ? ['<empty console>'] : lines.slice(-tailLines);
  }

  /** Flushes the file. Throws what kept it from being written, a full disk for one. */
  async close(): Promise<void> {
    if (this.#writeError === undefined) {
      if (this.#leftOut > 0) this.#file.write(`\n[${this.#leftOut} bytes left out]\n`);
      for (const chunk of this.#end) this.#file.write(chunk);
      this.#file.end();
      await finished(this.#file).catch((error: unknown) => (this.#writeError = error as Error));
    }
    if (this.#writeError !== undefined) throw this.#writeError;
  }

  /** A guest can write for ever: the file gets the first of it at once, and the last when it is closed. */
  #keep(chunk: Buffer): void {
    if (this.#writeError !== undefined) return;
    if (this.#written < keptOfEachEnd) {
      this.#written += chunk.length;
      this.#file.write(chunk);
      return;
    }
    this.#end.push(chunk);
    this.#endBytes += chunk.length;
    while (this.#endBytes > keptOfEachEnd) {
      const gone = this.#end.shift()?.length ?? 0;
      this.#endBytes -= gone;
      this.#leftOut += gone;
    }
  }

  #begin(before: Uint8Array): void {
    const head = Buffer.concat([before, Buffer.from(`\n${restoredMark}\n`)]);
    this.#file.write(head);
    this.#tail.push(...head.toString('utf8').trimEnd().split(/\r?\n/).slice(-tailLines));
  }

  #read(text: string): void {
    const lines = (this.#partial + text).split(/\r?\n/);
    this.#partial = (lines.pop() ?? '').slice(-lineLimit);
    for (const line of lines) this.#line(line.slice(0, lineLimit));
  }

  #line(line: string): void {
    this.#tail.push(line);
    if (this.#tail.length > tailLines) this.#tail.shift();
    if (kernelBanner.test(line)) this.#onEvent({ type: 'kernel' });
    const fatal = guestFatal.exec(line);
    if (fatal?.[1] !== undefined) this.#onEvent({ type: 'guest-fatal', why: fatal[1] });
    const splat = this.#splatOf(line);
    if (splat !== null) this.#onEvent({ type: 'splat', splat });
  }
}
