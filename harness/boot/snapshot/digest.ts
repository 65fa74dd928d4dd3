// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';

/** A step of a pipeline that passes on what it is given. */
type Hashed = (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;

/** SHA-256 of what passes through `pass`, lower-case hex, once all of it has. */
export async function digestOf(pass: (hashed: Hashed) => Promise<void>): Promise<string> {
  const hash = createHash('sha256');
  await pass(async function* (chunks) {
    for await (const chunk of chunks) {
      hash.update(chunk);
      yield chunk;
    }
  });
  return hash.digest('hex');
}
