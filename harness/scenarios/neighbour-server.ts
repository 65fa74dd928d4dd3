// SPDX-License-Identifier: Apache-2.0
import type { Guest } from '../guest/client.js';
import { getTextIfThere } from '../guest/files.js';
import { sendSignal, waitForProcess } from '../guest/process.js';
import type { SealedProcess } from '../guest/sealed.js';
import { InfraError } from '../model/errors.js';
import { servedPorts } from './guest-places.js';
import { exemptFolder } from './language.js';
import { probePrograms, spawnProbe } from './probe.js';

const out = '/probe/serve.out';
const readyWithin = 20_000;
const sigkill = 9;
const sigusr1 = 10;

/** In the exempt cgroup: answers where allowed neighbours go, and counts what it gets. */
export class NeighbourServer {
  #settled = 0;

  private constructor(
    readonly guest: Guest,
    readonly process: SealedProcess,
  ) {}

  /** `more`: ports besides those of the network scenarios. */
  static async start(guest: Guest, more: readonly number[]): Promise<NeighbourServer> {
    const process = await spawnProbe(guest, {
      program: probePrograms.attempt,
      args: ['serve', ...[...servedPorts, ...more].map(String)],
      cgroup: exemptFolder,
      stdout: out,
      stderr: out,
    });
    const server = new NeighbourServer(guest, process);
    await server.#until((lines) => lines[0] === 'ready');
    return server;
  }

  /** How often something has come by now, by its place (`tcp 127.0.0.5 80`): a connection, or a datagram. */
  async received(): Promise<ReadonlyMap<string, number>> {
    const wanted = ++this.#settled;
    await sendSignal(this.guest, this.process.pid, sigusr1);
    const lines = await this.#until((all) => all.filter((line) => line === 'settled').length >= wanted);
    const counts = new Map<string, number>();
    for (const line of lines) counts.set(line, (counts.get(line) ?? 0) + 1);
    return counts;
  }

  async stop(): Promise<void> {
    await sendSignal(this.guest, this.process.pid, sigkill);
    await waitForProcess(this.guest, this.process.pid, 5_000);
  }

  async #until(isThere: (lines: readonly string[]) => boolean): Promise<readonly string[]> {
    const { guest, process } = this;
    for (const until = guest.clock() + readyWithin; guest.clock() < until;) {
      const output = (await getTextIfThere(guest, out)) ?? '';
      const lines = process.read(output);
      if (isThere(lines)) return lines;
      const grown = { path: out, size: Buffer.byteLength(output) };
      if ((await waitForProcess(guest, process.pid, 1000, grown)).kind !== 'running') break;
    }
    throw new InfraError('HARNESS', {
      message: `scenarios: the server of the neighbours does not answer: ${(await getTextIfThere(guest, out)) ?? ''}`,
      next: 'this is a fault of the harness or of the guest kernel: see the console log',
    });
  }
}
