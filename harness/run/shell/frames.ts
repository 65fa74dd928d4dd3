// SPDX-License-Identifier: Apache-2.0

/* What bpf/shell/terminal reads from its fifo; bpf/shell/frames.h has the same numbers. */

/** Bytes of a frame with its header: a fifo takes no more at once. */
const frameMax = 4096;
const header = 3;

function frame(kind: 'i' | 'w' | 'r', data: Uint8Array): Buffer {
  const head = Buffer.alloc(header);
  head.write(kind, 0, 'latin1');
  head.writeUInt16LE(data.length, 1);
  return Buffer.concat([head, data]);
}

/** Bytes that were typed, in as many frames as that takes. */
export function inputFrames(bytes: Uint8Array): readonly Buffer[] {
  const room = frameMax - header;
  return Array.from({ length: Math.ceil(bytes.length / room) }, (_, index) =>
    frame('i', bytes.subarray(index * room, (index + 1) * room)),
  );
}

export interface TerminalSize {
  readonly rows: number;
  readonly columns: number;
}

export function sizeFrame({ rows, columns }: TerminalSize): Buffer {
  const data = Buffer.alloc(4);
  data.writeUInt16LE(rows, 0);
  data.writeUInt16LE(columns, 2);
  return frame('w', data);
}

/** How many bytes of its output have been read. */
export function ackFrame(bytes: number): Buffer {
  const data = Buffer.alloc(8);
  data.writeBigUInt64LE(BigInt(bytes));
  return frame('r', data);
}
