// SPDX-License-Identifier: Apache-2.0
import type { HostTerminal } from '../../../run/shell/terminal.js';

/** The terminal that this program was started on. While somebody listens, every key goes to the guest, Ctrl-C too. */
export function hostTerminal(stdin: NodeJS.ReadStream, stdout: NodeJS.WriteStream): HostTerminal {
  return {
    size: () => (stdout.isTTY ? { rows: stdout.rows, columns: stdout.columns } : { rows: 24, columns: 80 }),
    write: (bytes) => void stdout.write(bytes),
    listen: (onInput, onResize) => {
      stdin.setRawMode(true);
      stdin.resume();
      stdin.on('data', onInput);
      stdout.on('resize', onResize);
      return () => {
        stdin.off('data', onInput);
        stdout.off('resize', onResize);
        stdin.setRawMode(false);
        stdin.pause();
      };
    },
  };
}
