// SPDX-License-Identifier: Apache-2.0
import type { Guest } from '../../guest/client.js';
import { errno, GuestRefusal } from '../../guest/errors.js';
import { getFileFrom, putFile } from '../../guest/files.js';
import { type ProcessEnd, spawnInGuest, type SpawnOptions, waitForProcess } from '../../guest/process.js';
import { ackFrame, inputFrames, sizeFrame, type TerminalSize } from './frames.js';

/** The terminal that a person sits at. */
export interface HostTerminal {
  readonly size: () => TerminalSize;
  /** Calls back with what is typed, and when the size changes; gives what ends that. */
  readonly listen: (onInput: (bytes: Uint8Array) => void, onResize: () => void) => () => void;
  readonly write: (bytes: Uint8Array) => void;
}

const program = '/shell/terminal';
const files = { input: '/run/shell.in', output: '/run/shell.out', errors: '/run/shell.err' } as const;

/** Milliseconds that what is typed may wait: the guest answers one request at a time. */
const patience = 15;
/** Bytes of output after which the guest may forget what was read. */
const ackEvery = 1 << 20;

/** Runs a program on a terminal of the guest, joined to the one here, until it ends. */
export async function onTerminal(
  guest: Guest,
  { argv, ...more }: SpawnOptions,
  terminal: HostTerminal,
): Promise<ProcessEnd> {
  const { rows, columns } = terminal.size();
  const words = [program, files.input, files.output, String(rows), String(columns), ...argv] as const;
  const pid = await spawnInGuest(guest, { ...more, argv: words, stderr: files.errors });
  const link = new TerminalLink(guest, terminal);
  try {
    return await link.untilEnd(pid);
  } finally {
    link.close();
  }
}

class TerminalLink {
  readonly #guest: Guest;
  readonly #terminal: HostTerminal;
  readonly #waiting: Buffer[] = [];
  readonly #stop: () => void;
  #shown = 0;
  #acknowledged = 0;

  constructor(guest: Guest, terminal: HostTerminal) {
    this.#guest = guest;
    this.#terminal = terminal;
    this.#stop = terminal.listen(
      (bytes) => this.#waiting.push(...inputFrames(bytes)),
      () => this.#waiting.push(sizeFrame(terminal.size())),
    );
  }

  close(): void {
    this.#stop();
  }

  async untilEnd(pid: number): Promise<ProcessEnd> {
    for (;;) {
      await this.#type();
      const end = await waitForProcess(this.#guest, pid, patience, { path: files.output, size: this.#shown });
      await this.#show();
      if (end.kind !== 'running') return end;
    }
  }

  async #type(): Promise<void> {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (!(await this.#send(next))) return;
      this.#waiting.shift();
    }
  }

  /** False where the fifo is full, or not there yet. */
  async #send(frame: Buffer): Promise<boolean> {
    try {
      await putFile(this.#guest, files.input, frame);
      return true;
    } catch (error) {
      if (error instanceof GuestRefusal && notNow.has(error.errno)) return false;
      throw error;
    }
  }

  async #show(): Promise<void> {
    const bytes = await outputFrom(this.#guest, this.#shown);
    if (bytes.length === 0) return;
    this.#shown += bytes.length;
    this.#terminal.write(bytes);
    if (this.#shown - this.#acknowledged < ackEvery) return;
    this.#acknowledged = this.#shown;
    this.#waiting.push(ackFrame(this.#shown));
  }
}

const notNow: ReadonlySet<number> = new Set([errno.EAGAIN, errno.ENXIO]);

/** Nothing before the program has made the file. */
async function outputFrom(guest: Guest, offset: number): Promise<Buffer> {
  try {
    return await getFileFrom(guest, files.output, offset);
  } catch (error) {
    if (error instanceof GuestRefusal && error.errno === errno.ENOENT) return Buffer.alloc(0);
    throw error;
  }
}
