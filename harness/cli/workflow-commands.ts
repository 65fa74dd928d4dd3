// SPDX-License-Identifier: Apache-2.0
const [newline, carriageReturn, colon, hash, bracket, space] = [10, 13, 58, 35, 91, 32];

/**
 * Takes the meaning from what GitHub's runner would take for a command in a log: `::` at the beginning of a line, white
 * space before it or not, and `##[` anywhere. Names, guests, objects and logs are printed there, and are not to set a
 * variable or to end a group. A space goes between; bytes come in any portions.
 */
export class WorkflowCommandFilter {
  #blank = true;
  #colons = 0;
  #hashes = 0;

  filtered(chunk: Uint8Array): Uint8Array {
    const out: number[] = [];
    for (const byte of chunk) {
      if ((byte === colon && this.#colons === 1) || (byte === bracket && this.#hashes > 1)) out.push(space);
      this.#pass(byte);
      out.push(byte);
    }
    return Uint8Array.from(out);
  }

  #pass(byte: number): void {
    // The runner, which is .NET's, ends a line at either.
    if (byte === newline || byte === carriageReturn) this.#blank = true;
    this.#colons = byte === colon && this.#blank ? this.#colons + 1 : 0;
    this.#hashes = byte === hash ? this.#hashes + 1 : 0;
    // From space on everything but space itself can be seen; bytes of other white space begin no word either.
    if (byte > space && byte !== colon && byte < 0x80) this.#blank = false;
    if (this.#colons > 1) this.#blank = false;
  }
}

const unfiltered = new WeakMap<NodeJS.WriteStream, NodeJS.WriteStream['write']>();

/** Past the filter, for commands of our own. */
export function runnerStream(stream: NodeJS.WriteStream): { write(text: string): boolean } {
  const write = unfiltered.get(stream);
  return { write: (text) => (write === undefined ? stream.write(text) : write(text)) };
}

/** Filters all that a stream is given from now on. */
export function filterWorkflowCommands(stream: NodeJS.WriteStream): void {
  unfiltered.set(stream, stream.write.bind(stream));
  const filter = new WorkflowCommandFilter();
  const write = stream.write.bind(stream) as (chunk: Uint8Array, ...rest: unknown[]) => boolean;
  stream.write = (chunk: Uint8Array | string, ...rest: unknown[]): boolean => {
    const [encoding] = rest;
    const bytes =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : chunk;
    return write(filter.filtered(bytes), ...rest.filter((one) => typeof one === 'function'));
  };
}
