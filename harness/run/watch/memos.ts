import { LoadMemo } from '../../guest/load-memo.js';
import type { KernelId } from '../../model/kernel.js';

/** What each kernel has said of the programs of each object, for as long as one watch lasts. */
export class LoadMemos {
  readonly #memos = new Map<string, LoadMemo>();

  of(kernel: KernelId, object: string): LoadMemo {
    const name = JSON.stringify([kernel, object]);
    const memo = this.#memos.get(name) ?? new LoadMemo();
    this.#memos.set(name, memo);
    return memo;
  }

  /** How many answers were given from memory, on all kernels. */
  get recalled(): number {
    return [...this.#memos.values()].reduce((sum, { recalled }) => sum + recalled, 0);
  }
}
