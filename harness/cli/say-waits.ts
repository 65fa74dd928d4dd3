// SPDX-License-Identifier: Apache-2.0
import type { KernelContext } from '../kernels/index.js';

/** Says which server is waited for while `work` asks the archives, where nothing else shows what is done. */
export async function sayWaits<T>(
  { indexes }: KernelContext,
  say: (text: string) => void,
  work: () => Promise<T>,
): Promise<T> {
  const done = indexes.onWait((_host, text) => {
    say(text);
  });
  return work().finally(done);
}
