// SPDX-License-Identifier: Apache-2.0
import { hashFile } from '../../kernels/cache/hash.js';

/** SHA-256 of files that all sessions of a run depend on, each read once. */
export class FileHashes {
  readonly #known = new Map<string, Promise<string>>();

  /** Lower-case hex. Throws what keeps the file from being read, each time it is asked for. */
  of(path: string): Promise<string> {
    const known = this.#known.get(path) ?? hashFile(path);
    this.#known.set(path, known);
    return known;
  }
}
