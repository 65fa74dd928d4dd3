// SPDX-License-Identifier: Apache-2.0
import { readCommand } from '../../../config/command.js';
import { pinnedBuild } from '../../../config/libbpf.js';
import { parseDuration } from '../../../config/values.js';
import { packageRoot } from '../../../kernels/package-root.js';
import type { ExitCode } from '../../../model/exit-code.js';
import { commandWork } from '../../../run/command.js';
import { hostTarget } from '../../../target.js';
import type { CommandFlags } from './flags.js';
import { oneTarget } from '../../one-target.js';
import { ownConclusion, runCommand, withoutAgent } from '../../run-command.js';
import type { CliContext } from '../../context.js';

/** Milliseconds a machine has besides the command's own time: to boot under emulation, take files, give its output. */
const machineTime = 150_000;

/** `command`: gives the program to each kernel. */
export function runCommandCommand(words: readonly string[], flags: CommandFlags, cli: CliContext): Promise<ExitCode> {
  return runCommand(flags, cli, async () => {
    const timeout = parseDuration('--timeout', flags.timeout);
    const tools = flags.withLibs === true || flags.tool !== undefined ? (flags.tool ?? []) : null;
    const target = await readCommand(words, {
      files: flags.file ?? [],
      tools,
      path: cli.env['PATH'] ?? '',
      target: tools === null ? hostTarget : oneTarget(flags, 'what --with-libs brings'),
      built: pinnedBuild(packageRoot()).folder,
    });
    return {
      objects: [],
      ...withoutAgent,
      withoutCapabilities: [],
      notices: [],
      timeout: timeout + machineTime,
      bound: [{ title: words[0] ?? 'the command', target: target.target }],
      command: 'command',
      work: commandWork({ target, timeout }),
      conclusion: ownConclusion,
    };
  });
}
