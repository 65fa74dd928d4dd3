// SPDX-License-Identifier: Apache-2.0
import { sendSignal, waitForProcess } from '../guest/process.js';
import { getTextIfThere, putFile } from '../guest/files.js';
import type { SealedProcess } from '../guest/sealed.js';
import { InfraError } from '../model/errors.js';
import type { RawEvent } from '../model/scenario-evidence.js';
import { makeGuestFolder, phaseFolder } from './arrangement.js';
import { arrangeAttempts } from './attempts.js';
import type { GuestSession } from './guest-session.js';
import { probePrograms, spawnProbe } from './probe.js';

const sigusr1 = 10;
/** Milliseconds for one round. */
const roundTimeout = 60_000;

/** Files 0, 1, 2, ... in a folder of their own. */
export async function makeNumberedFiles(session: GuestSession, phase: string, count: number): Promise<string> {
  const folder = phaseFolder(phase, 'file');
  await makeGuestFolder(session.guest, folder);
  await arrangeAttempts(session.guest, [['fill', folder, String(count)]]);
  return folder;
}

/** A traced process that opens all files of a folder whenever it is told to. */
export class Rounds {
  #done = 0;
  #ended = false;

  private constructor(
    readonly session: GuestSession,
    readonly process: SealedProcess,
    readonly out: string,
  ) {}

  /** The first round begins at once. */
  static async start(
    session: GuestSession,
    folder: string,
    { files, rounds }: { readonly files: number; readonly rounds: number },
  ): Promise<Rounds> {
    const out = `${folder}.rounds`;
    await putFile(session.guest, out, '');
    const process = await spawnProbe(session.guest, {
      program: probePrograms.attempt,
      args: ['rounds', folder, String(files), String(rounds)],
      enroll: session.runner.enroll,
      stdout: out,
      stderr: out,
    });
    return new Rounds(session, process, out);
  }

  /** Waits for the end of the round that runs: the first errno that was not 0, or 0. */
  async finished(): Promise<number> {
    const { guest } = this.session;
    for (const until = guest.clock() + roundTimeout; guest.clock() < until;) {
      const output = (await getTextIfThere(guest, this.out)) ?? '';
      const line = this.process.read(output)[this.#done];
      if (line !== undefined && /^\d+$/.test(line)) {
        this.#done++;
        return Number(line);
      }
      if (line !== undefined || this.#ended) throw this.#broken(output);
      await this.#wait(1000, Buffer.byteLength(output));
    }
    throw this.#broken('not done in time');
  }

  /** Does another round. */
  async another(): Promise<number> {
    await sendSignal(this.session.guest, this.process.pid, sigusr1);
    return this.finished();
  }

  /** After the last round. */
  async end(): Promise<void> {
    if (!this.#ended) await this.#wait(roundTimeout);
  }

  /** For more output than `size`, or its end, which is told only once. */
  async #wait(ms: number, size?: number): Promise<void> {
    const grown = size === undefined ? {} : { path: this.out, size };
    this.#ended = (await waitForProcess(this.session.guest, this.process.pid, ms, grown)).kind !== 'running';
  }

  #broken(what: string): InfraError {
    return new InfraError('HARNESS', {
      message: `scenarios: the process that opens files again and again: ${what}`,
      next: 'this is a fault of the harness or of the guest kernel: see the console log',
    });
  }
}

/** How often each file was reported, by its number. */
export function countReports(session: GuestSession, events: readonly RawEvent[], files: number): readonly number[] {
  const { events: reader } = session.contract;
  const counts = new Map<unknown, number>();
  for (const event of events.filter((one) => reader.isAboutAttempt(one))) {
    const name = reader.nameOf(event);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return Array.from({ length: files }, (_, number) => counts.get(String(number)) ?? 0);
}

/** `file 3, file 7 and 30 more`. */
export function someFiles(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 3).map((number) => `file ${number}`);
  return `${shown.join(', ')}${numbers.length > 3 ? ` and ${numbers.length - 3} more` : ''}`;
}

/** The numbers whose count is one of those that are looked for. */
export function numbersWith(counts: readonly number[], wanted: (count: number) => boolean): readonly number[] {
  return counts.flatMap((count, number) => (wanted(count) ? [number] : []));
}
