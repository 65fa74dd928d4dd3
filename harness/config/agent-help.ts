// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { CommandError, runProgram } from '../proc/run.js';

/** Milliseconds; who does not know --help may go on and do what it is for. */
const helpTimeout = 3_000;

/**
 * What an agent says to --help, on both streams. It is started on this host, so without a capability and without a way to
 * get one: where it takes no notice of --help, it cannot load anything. Null when it says nothing, or cannot be started.
 */
export async function agentHelp(file: string, signal: AbortSignal): Promise<string | null> {
  const words = ['--no-new-privs', '--bounding-set=-all', '--inh-caps=-all', resolve(file), '--help'];
  // Only root has a bounding set to give up; others have nothing in it that counts without a set-uid bit.
  const args = process.getuid?.() === 0 ? words : words.filter((word) => !word.endsWith('-all'));
  try {
    const { stdout, stderr } = await runProgram('setpriv', args, { signal, timeout: helpTimeout, cwd: '/' });
    const text = `${stdout}\n${stderr}`.trim();
    return text === '' || /^setpriv:/m.test(text) ? null : text;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CommandError) return null;
    throw error;
  }
}
