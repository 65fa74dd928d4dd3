// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';

/** A step of a pipeline that passes on what it is given. */
export interface HashingStep {
  readonly step: (chunks: AsyncIterable<Buffer>) => AsyncIterable<Buffer>;
  /** SHA-256, lower-case hex, once all has been passed on; never before, and not at all where it never is. */
  readonly sha256: Promise<string>;
}

export function hashingStep(): HashingStep {
  const hash = createHash('sha256');
  let end: (sha256: string) => void = () => undefined;
  const sha256 = new Promise<string>((resolve) => {
    end = resolve;
  });
  return {
    sha256,
    step: async function* (chunks) {
      for await (const chunk of chunks) {
        hash.update(chunk);
        yield chunk;
      }
      end(hash.digest('hex'));
    },
  };
}
