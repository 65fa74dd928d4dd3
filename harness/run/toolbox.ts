// SPDX-License-Identifier: Apache-2.0
import type { Toolbox } from '../config/toolbox.js';
import type { Guest } from '../guest/client.js';
import { putFile } from '../guest/files.js';
import { runInGuest } from '../guest/process.js';
import { InfraError } from '../model/errors.js';

/** Milliseconds that the links may take. */
const linkTimeout = 60_000;

/** Puts a toolbox where scripts look for programs. */
export async function installToolbox(guest: Guest, { uploads, install }: Toolbox): Promise<void> {
  for (const { path, bytes, mode } of uploads) await putFile(guest, path, bytes, mode);
  for (const argv of install) {
    const { end, stdout, stderr } = await runInGuest(guest, { argv, timeout: linkTimeout });
    if (end.kind === 'exited' && end.status === 0) continue;
    throw new InfraError('HARNESS', {
      message: `the toolbox could not be put in place: ${JSON.stringify(end)} ${stderr.toString()}${stdout.toString()}`,
      next: 'see whether busybox runs on this host; busybox-static needs nothing besides',
    });
  }
}
