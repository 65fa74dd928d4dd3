import type { CheckReport, Environment } from '../model/check.js';
import type { RunEvent } from '../model/events.js';
import { tallyOf, tallyText } from './checks.js';

/**
 * Counts checks until their kernel goes on to something else: they come a scenario at a time, and a line for each would
 * bury the failed ones.
 */
export class CheckBatches {
  readonly #open = new Map<string, Map<Environment, readonly CheckReport[]>>();

  /** A line for each batch that ends with this event. */
  take(event: RunEvent): readonly string[] {
    switch (event.type) {
      case 'checks-judged':
        this.#add(event);
        return [];
      case 'kernel-phase':
        return this.#close(event.kernel);
      case 'kernel-finished':
        return this.#close(event.report.id);
      default:
        return [];
    }
  }

  #add({ kernel, environment, checks }: Extract<RunEvent, { type: 'checks-judged' }>): void {
    const batches = this.#open.get(kernel) ?? new Map<Environment, readonly CheckReport[]>();
    batches.set(environment, [...(batches.get(environment) ?? []), ...checks]);
    this.#open.set(kernel, batches);
  }

  #close(kernel: string): readonly string[] {
    const batches = [...(this.#open.get(kernel) ?? [])];
    this.#open.delete(kernel);
    return batches
      .filter(([, checks]) => checks.length > 0)
      .map(([environment, checks]) => `${kernel}: ${environment}: ${tallyText(tallyOf(checks))}`);
  }
}
