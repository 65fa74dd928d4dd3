// SPDX-License-Identifier: Apache-2.0
/** Teardown registered before set-up: runs every registered step once, last first, whatever ends the scope. */
export class Disposal {
  readonly #steps: (() => Promise<void> | void)[] = [];
  #done: Promise<void> | undefined;

  /** Registers one step. Errors of a step do not keep the others from running. */
  add(step: () => Promise<void> | void): void {
    this.#steps.push(step);
  }

  /** Runs all steps once; every later call waits for the same run. Throws an AggregateError when steps failed. */
  run(): Promise<void> {
    this.#done ??= this.#unwind();
    return this.#done;
  }

  async #unwind(): Promise<void> {
    const errors: unknown[] = [];
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw new AggregateError(errors, 'teardown failed');
  }
}
