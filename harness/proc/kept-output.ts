// SPDX-License-Identifier: Apache-2.0
/** Bytes that are kept of an output, half of them of each end: far more than any program here has to say. */
export const outputLimit = 64 * 2 ** 20;

/** What a program writes, in as much memory as is kept of it, however much that is and however small the pieces. */
export class KeptOutput {
  readonly #half: number;
  #head = Buffer.alloc(0);
  #headSize = 0;
  /** The last bytes after the head, as a ring; made when there are any. */
  #tail: Buffer | null = null;
  #tailTotal = 0;

  /** `limit`: bytes that are kept. */
  constructor(limit: number = outputLimit) {
    this.#half = Math.floor(limit / 2);
  }

  take(chunk: Uint8Array): void {
    const toHead = chunk.subarray(0, this.#half - this.#headSize);
    this.#grow(this.#headSize + toHead.length);
    this.#head.set(toHead, this.#headSize);
    this.#headSize += toHead.length;
    if (toHead.length < chunk.length) this.#takeTail(chunk.subarray(toHead.length));
  }

  /** Bytes of the middle that were not kept. */
  get leftOut(): number {
    return Math.max(0, this.#tailTotal - this.#half);
  }

  /** All of it, or both ends with a line between them that says how many bytes are left out. */
  bytes(): Uint8Array {
    const head = this.#head.subarray(0, this.#headSize);
    if (this.#tail === null) return head;
    if (this.leftOut === 0) return Buffer.concat([head, this.#tail.subarray(0, this.#tailTotal)]);
    const end = this.#tailTotal % this.#half;
    const note = Buffer.from(`\n[${this.leftOut} bytes left out]\n`);
    return Buffer.concat([head, note, this.#tail.subarray(end), this.#tail.subarray(0, end)]);
  }

  text(): string {
    return Buffer.from(this.bytes()).toString('utf8');
  }

  #grow(size: number): void {
    if (size <= this.#head.length) return;
    const grown = Buffer.alloc(Math.min(this.#half, Math.max(4096, 2 * size)));
    grown.set(this.#head.subarray(0, this.#headSize));
    this.#head = grown;
  }

  #takeTail(chunk: Uint8Array): void {
    this.#tail ??= Buffer.alloc(this.#half);
    const last = chunk.subarray(-this.#half);
    const at = (this.#tailTotal + chunk.length - last.length) % this.#half;
    const toEnd = last.subarray(0, this.#half - at);
    this.#tail.set(toEnd, at);
    this.#tail.set(last.subarray(toEnd.length), 0);
    this.#tailTotal += chunk.length;
  }
}
