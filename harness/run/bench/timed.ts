// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { InfraError } from '../../model/errors.js';
import { IdleShare } from '../../proc/idle.js';
import { startManaged } from '../../proc/managed.js';

/** What was seen of a process from outside. Times in seconds from its start. */
export interface Timed {
  readonly total: number;
  /** When the first line came that `mark` matches; null when none did. */
  readonly marked: number | null;
  /** While at least one QEMU lived below it, to the nearest 4 ms. */
  readonly qemu: number;
  /** Peak of the largest of them, MiB. */
  readonly peak: number;
  /** Processor seconds of it and of all that it started, QEMUs among them. */
  readonly cpu: number;
  /** Processor seconds of all QEMUs, as far as looking shows. */
  readonly qemuCpu: number;
  /** Share of the time of all processors of the host in which they had nothing to do, 0 to 1. */
  readonly idle: number;
}

export interface TimedOptions {
  readonly mark: RegExp;
  /** Exit codes that are a measurement. */
  readonly accepted: readonly number[];
  readonly signal: AbortSignal;
}

/** Milliseconds between two polls at the processes. */
const look = 4;

/** Runs a program and watches it. Throws InfraError with its last words when it ends otherwise. */
export async function runTimed(argv: readonly [string, ...string[]], options: TimedOptions): Promise<Timed> {
  const { mark, accepted, signal } = options;
  const [file, ...args] = argv;
  const before = await cpuOfEnded();
  signal.throwIfAborted();
  const started = performance.now();
  const since = (): number => (performance.now() - started) / 1000;
  const child = startManaged(file, args, 0);
  const lines = new Lines([child.stdout, child.stderr]);
  let marked: number | null = null;
  lines.onLine = (line) => {
    if (marked === null && mark.test(line)) marked = since();
  };
  const onAbort = (): void => void child.kill();
  signal.addEventListener('abort', onAbort, { once: true });
  const seen = new Guests(child.pid ?? 0);
  const processors = new IdleShare();
  const timer = setInterval(() => void seen.look(since()), look);
  const exit = await child.exited.finally(() => {
    clearInterval(timer);
    signal.removeEventListener('abort', onAbort);
  });
  const total = since();
  const idle = processors.look();
  const cpu = (await cpuOfEnded()) - before;
  signal.throwIfAborted();
  if (exit.kind !== 'exited' || !accepted.includes(exit.code)) throw failed(argv, lines.last);
  return { total, marked, qemu: seen.seconds, peak: seen.peak, cpu, qemuCpu: seen.cpu, idle };
}

function failed(argv: readonly string[], last: readonly string[]): InfraError {
  return new InfraError('HARNESS', {
    message: `bench: ${argv.slice(0, 4).join(' ')} ...: ${last.at(-1) ?? 'it said nothing'}`,
    next: `run it by hand: ${argv.join(' ')}`,
  });
}

/** Lines of several streams as they come. */
class Lines {
  onLine: (line: string) => void = () => undefined;
  readonly last: string[] = [];

  constructor(streams: readonly NodeJS.ReadableStream[]) {
    for (const stream of streams) {
      const decoder = new StringDecoder('utf8');
      let partial = '';
      stream.on('data', (chunk: Buffer) => {
        const lines = (partial + decoder.write(chunk)).split(/\r?\n/);
        partial = lines.pop() ?? '';
        for (const line of lines.filter((text) => text.trim() !== '')) {
          this.onLine(line);
          this.last.push(line);
          if (this.last.length > 20) this.last.shift();
        }
      });
    }
  }
}

/** QEMUs below a process, by /proc. */
class Guests {
  readonly #parent: number;
  #looking = false;
  #first: number | null = null;
  #lastSeen = 0;
  peak = 0;
  /** By process. */
  readonly #cpu = new Map<number, number>();

  constructor(parent: number) {
    this.#parent = parent;
  }

  /** From the first to the last moment that one was seen. */
  get seconds(): number {
    return this.#first === null ? 0 : this.#lastSeen - this.#first;
  }

  get cpu(): number {
    return [...this.#cpu.values()].reduce((sum, one) => sum + one, 0);
  }

  async look(now: number): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    for (const pid of [this.#parent, ...(await this.#children())]) {
      const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
      if (!/^Name:\tqemu-system/m.test(status)) continue;
      this.#first ??= now;
      this.#lastSeen = now;
      this.#cpu.set(pid, (await cpuSeconds(pid)) ?? this.#cpu.get(pid) ?? 0);
      this.peak = Math.max(this.peak, Number(/^VmHWM:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024);
    }
    this.#looking = false;
  }

  async #children(): Promise<readonly number[]> {
    const path = `/proc/${this.#parent}/task/${this.#parent}/children`;
    return (await readFile(path, 'latin1').catch(() => '')).split(' ').filter(Boolean).map(Number);
  }
}

/** Clock ticks of /proc in a second: USER_HZ, which is 100 on every architecture that is built here. */
const ticks = 100;

/** User and system time of all children that have ended, and of theirs. Source: proc(5), fields 16 and 17. */
async function cpuOfEnded(): Promise<number> {
  const stat = await readFile('/proc/self/stat', 'latin1').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[13]) + Number(fields[14])) / ticks;
}

/** User and system time of a process and of its threads; null when it has ended. Source: proc(5), fields 14 and 15. */
async function cpuSeconds(pid: number): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system] = [Number(fields[11]), Number(fields[12])];
  return stat === '' ? null : (user + system) / ticks;
}
