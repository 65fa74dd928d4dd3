// SPDX-License-Identifier: Apache-2.0
import { fieldHeaderSize, frameHeaderSize, magic, payloadMax, protocolVersion } from './protocol.js';

/** A frame as it crosses the port. */
export interface Frame {
  readonly type: number;
  readonly seq: number;
  readonly payload: Uint8Array;
}

/** One field, its data not yet read. */
export interface RawField {
  readonly id: number;
  readonly kind: number;
  readonly data: Uint8Array;
}

/** Bytes that are not what the protocol says. */
export class WireError extends Error {
  override readonly name = 'WireError';
}

export function encodeFrame(frame: Frame): Uint8Array {
  if (frame.payload.length > payloadMax) {
    throw new WireError(`a payload of ${frame.payload.length} bytes, at most ${payloadMax}`);
  }
  const bytes = Buffer.alloc(frameHeaderSize + frame.payload.length);
  bytes.writeUInt32LE(magic, 0);
  bytes.writeUInt16LE(protocolVersion, 4);
  bytes.writeUInt16LE(frame.type, 6);
  bytes.writeUInt32LE(frame.seq, 8);
  bytes.writeUInt32LE(frame.payload.length, 12);
  bytes.set(frame.payload, frameHeaderSize);
  return bytes;
}

/** Portions that are kept apart. */
const mostParts = 1024;

/** Takes bytes in any portions and gives back whole frames; the guest is not believed. */
export class FrameDecoder {
  #parts: Buffer[] = [];
  #length = 0;

  /** Throws WireError on anything that is no frame of this version; the stream is lost then. */
  push(chunk: Uint8Array): Frame[] {
    this.#parts.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    this.#length += chunk.length;
    // Bytes that come one by one must not cost a hundred times their size.
    if (this.#parts.length > mostParts) this.#parts = [Buffer.concat(this.#parts)];
    const frames: Frame[] = [];
    for (let frame = this.#take(); frame !== undefined; frame = this.#take()) frames.push(frame);
    return frames;
  }

  /** Bytes of a frame that is not complete. */
  get pending(): number {
    return this.#length;
  }

  #take(): Frame | undefined {
    if (this.#length < frameHeaderSize) return undefined;
    const header = this.#joined(frameHeaderSize);
    const size = frameHeaderSize + checkHeader(header);
    if (this.#length < size) return undefined;
    const bytes = this.#joined(size);
    const frame = {
      type: bytes.readUInt16LE(6),
      seq: bytes.readUInt32LE(8),
      payload: bytes.subarray(frameHeaderSize, size),
    };
    this.#parts = [bytes.subarray(size)];
    this.#length -= size;
    return frame;
  }

  /** The first part, made at least `size` bytes long. */
  #joined(size: number): Buffer {
    const first = this.#parts[0];
    if (first !== undefined && first.length >= size) return first;
    const all = Buffer.concat(this.#parts);
    this.#parts = [all];
    return all;
  }
}

/** The payload length that a header announces. */
function checkHeader(header: Buffer): number {
  const found = header.readUInt32LE(0);
  if (found !== magic) throw new WireError(`no frame: magic 0x${found.toString(16)}`);
  const version = header.readUInt16LE(4);
  if (version !== protocolVersion) throw new WireError(`protocol version ${version}, expected ${protocolVersion}`);
  const length = header.readUInt32LE(12);
  if (length > payloadMax) throw new WireError(`a payload of ${length} bytes, at most ${payloadMax}`);
  return length;
}

export function encodeField(id: number, kind: number, data: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(fieldHeaderSize + data.length);
  bytes.writeUInt16LE(id, 0);
  bytes.writeUInt16LE(kind, 2);
  bytes.writeUInt32LE(data.length, 4);
  bytes.set(data, fieldHeaderSize);
  return bytes;
}

/** Splits a payload (or a file of fields) into its fields. Throws WireError on stray bytes. */
export function splitFields(payload: Uint8Array): RawField[] {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  const found: RawField[] = [];
  for (let at = 0; at < bytes.length;) {
    if (bytes.length - at < fieldHeaderSize)
      throw new WireError(`${bytes.length - at} stray bytes after the last field`);
    const length = bytes.readUInt32LE(at + 4);
    const start = at + fieldHeaderSize;
    if (length > bytes.length - start) {
      throw new WireError(`field ${bytes.readUInt16LE(at)}: ${length} bytes announced, ${bytes.length - start} there`);
    }
    found.push({
      id: bytes.readUInt16LE(at),
      kind: bytes.readUInt16LE(at + 2),
      data: bytes.subarray(start, start + length),
    });
    at = start + length;
  }
  return found;
}

/** A whole number from 0 to 2^53-1, as the 8 bytes of a u64. */
export function encodeNumber(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) throw new WireError(`${value} is no unsigned number`);
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
}

/** Throws WireError for a number beyond 2^53-1: no size, pid or errno is that large. */
export function decodeNumber(data: Uint8Array): number {
  if (data.length !== 8) throw new WireError(`a number of ${data.length} bytes`);
  const value = Buffer.from(data.buffer, data.byteOffset, 8).readBigUInt64LE();
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw new WireError(`number ${value.toString()} is too large`);
  return Number(value);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Throws WireError unless the bytes are UTF-8 without NUL. */
export function decodeString(data: Uint8Array): string {
  if (data.includes(0)) throw new WireError('a string with NUL');
  try {
    return utf8.decode(data);
  } catch (error) {
    throw new WireError('a string that is not UTF-8', { cause: error });
  }
}
