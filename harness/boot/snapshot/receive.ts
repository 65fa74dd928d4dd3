// SPDX-License-Identifier: Apache-2.0
import { once } from 'node:events';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { hashingStep } from './digest.js';

/** Where QEMU sends the state of its machine. */
export interface StateReceiver {
  /** For QEMU's `migrate`. */
  readonly uri: string;
  /** SHA-256 of what came, lower-case hex, once all of it is in the file; rejects with what kept it from that. */
  readonly written: Promise<string>;
}

/**
 * Takes what QEMU sends into `file`, which must not be there yet, and hashes it on its way: QEMU, which may start no other
 * program (`-sandbox spawn=deny`), writes a stream into a file of its own from version 8.2 on only.
 */
export async function withStateReceiver<T>(file: string, work: (receiver: StateReceiver) => Promise<T>): Promise<T> {
  const ended = new AbortController();
  const folder = await open(dirname(file), constants.O_RDONLY | constants.O_DIRECTORY);
  const server = createServer();
  let target: FileHandle | undefined;
  try {
    target = await open(file, 'wx', 0o600);
    // The address of a socket has 107 bytes, and a cache folder may have more; nobody else may enter that one.
    const path = `/proc/${process.pid}/fd/${folder.fd}/state`;
    server.listen(path);
    await once(server, 'listening');
    const written = receive(server, target, ended.signal);
    written.catch(() => undefined);
    return await work({ uri: `unix:${path}`, written });
  } finally {
    ended.abort();
    server.close();
    await Promise.all([target?.close(), folder.close()]);
  }
}

async function receive(server: Server, target: FileHandle, signal: AbortSignal): Promise<string> {
  const [socket] = (await once(server, 'connection', { signal })) as [Socket];
  const { step, sha256 } = hashingStep();
  await pipeline(socket, step, target.createWriteStream(), { signal });
  return sha256;
}
