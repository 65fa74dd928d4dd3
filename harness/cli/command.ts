import { readCommand } from '../config/command.js';
import { parseDuration } from '../config/values.js';
import type { ExitCode } from '../model/exit-code.js';
import { commandWork } from '../run/command.js';
import type { CommandFlags } from './command-flags.js';
import { conduct, withoutAgent } from './conduct.js';
import type { Surroundings } from './surroundings.js';

/** Milliseconds a machine has besides the command's own time: to boot under emulation, take files, give its output. */
const machineTime = 150_000;

/** `command`: gives the program to each kernel. */
export function runCommand(words: readonly string[], flags: CommandFlags, around: Surroundings): Promise<ExitCode> {
  return conduct(flags, around, async () => {
    const timeout = parseDuration('--timeout', flags.timeout);
    const subject = await readCommand(words, flags.file ?? [], around.env['PATH']);
    return {
      objects: [],
      ...withoutAgent,
      withoutCapabilities: [],
      notices: [],
      timeout: timeout + machineTime,
      work: commandWork({ subject, timeout }),
    };
  });
}
