// SPDX-License-Identifier: Apache-2.0
import { Command, CommanderError } from 'commander';
import { setMaxListeners } from 'node:events';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageRoot } from '../kernels/package-root.js';
import { InterruptedError, MatrixError, UsageError } from '../model/errors.js';
import { invocation, withInvocation, workingFolder } from '../model/invocation.js';
import { ExitCode } from '../model/exit-code.js';
import { renderError } from '../report/errors.js';
import { bisectCommand } from './commands/bisect/flags.js';
import { cacheCommand } from './commands/cache/flags.js';
import { benchCommand } from './commands/bench/flags.js';
import { commandCommand } from './commands/command/flags.js';
import { compareCommand } from './commands/compare/flags.js';
import { completionCommand } from './commands/completion.js';
import { costCommand } from './commands/cost/flags.js';
import { doctorCommand } from './commands/doctor/flags.js';
import { initCommand } from './commands/init/flags.js';
import type { Ending } from './ending.js';
import { interruptible } from './interrupt.js';
import { judgeCommandOf } from './commands/judge/flags.js';
import { kernelsCommand } from './commands/kernels/flags.js';
import { manifestCommand } from './commands/manifest/flags.js';
import { mergeCommand } from './commands/merge/flags.js';
import { matrixCommand, runHelp } from './commands/run/flags.js';
import { reportCommand } from './commands/report/flags.js';
import { scenariosCommand } from './commands/scenarios/flags.js';
import { selftestCommand } from './commands/selftest/flags.js';
import type { CliContext } from './context.js';
import { shellCommand } from './commands/shell/flags.js';
import { filterWorkflowCommands } from './workflow-commands.js';
import { trendCommand } from './commands/trend/flags.js';
import { watchCommand } from './commands/watch/flags.js';

/** Runs one command line; returns its exit code. */
export async function runCommandLine(argv: readonly string[], ending: Ending): Promise<number> {
  const abort = new AbortController();
  // Everything under way listens to it: one listener a kernel, a machine, a request.
  setMaxListeners(0, abort.signal);
  if (process.env['GITHUB_ACTIONS'] === 'true') {
    for (const stream of [process.stdout, process.stderr]) filterWorkflowCommands(stream);
  }
  const released = interruptible(abort, (text) => process.stderr.write(text));
  abort.signal.addEventListener('abort', () => {
    ending.interrupted();
  });
  try {
    return await ending.finished(await exitCodeOf(argv, abort.signal, ending));
  } finally {
    released();
  }
}

async function exitCodeOf(argv: readonly string[], signal: AbortSignal, ending: Ending): Promise<number> {
  try {
    if (workingFolder() === null) {
      throw new UsageError({ message: 'the folder that this was started in is gone', next: 'cd to one that is there' });
    }
    return await dispatch(argv, await cliContext(signal, ending));
  } catch (error) {
    return fail(signal.aborted ? signal.reason : error, argv.includes('--debug'));
  }
}

async function dispatch(argv: readonly string[], cli: CliContext): Promise<number> {
  let exitCode: number = ExitCode.ok;
  // That of a shell in a guest may be any.
  const set = (code: number): void => {
    exitCode = code;
  };
  const program = programOf(cli, set);
  await program.parseAsync([...argv], { from: 'user' });
  return exitCode;
}

/** Every command with its flags. What one does is imported when it is called: nobody waits for what is not used. */
function programOf(cli: CliContext, exit: (code: number) => void): Command {
  const program = new Command('bpf-matrix')
    .description('Boots real kernels, loads a BPF object in each, and proves what its agent claims to enforce.')
    .version(versionText(cli), '-V, --version')
    .exitOverride()
    .configureOutput({
      // Examples are written as they work in a checkout.
      writeOut: (text) => {
        cli.stdout.write(withInvocation(text));
      },
      outputError: (text, write) => {
        write(text);
      },
    })
    .showHelpAfterError(helpOf([]));
  const run = matrixCommand(cli, exit);
  program.addCommand(run.copyInheritedSettings(program), { isDefault: true });
  // What most people want from --help is the default command's flags.
  program.addHelpText('after', () => `\n${run.helpInformation()}${runHelp}`);
  for (const command of commands) program.addCommand(command(cli, exit));
  program.addCommand(completionCommand(program, cli.stdout));
  for (const command of program.commands) if (command !== run) inherit(command, program, [command.name()]);
  return program;
}

/** Commander leaves a command that was made elsewhere, and those in it, to end the process with 1 by themselves. */
function inherit(command: Command, program: Command, words: readonly string[]): void {
  command.copyInheritedSettings(program).showHelpAfterError(helpOf(words));
  for (const inner of command.commands) inherit(inner, program, [...words, inner.name()]);
}

const helpOf = (words: readonly string[]): string => `  next: ${[invocation, ...words, '--help'].join(' ')}`;

/** In the order of --help. */
const commands = [
  doctorCommand,
  initCommand,
  commandCommand,
  shellCommand,
  compareCommand,
  costCommand,
  bisectCommand,
  watchCommand,
  scenariosCommand,
  selftestCommand,
  benchCommand,
  manifestCommand,
  reportCommand,
  trendCommand,
  judgeCommandOf,
  mergeCommand,
  cacheCommand,
  kernelsCommand,
];

function fail(error: unknown, debug: boolean): number {
  // Commander has already said what is wrong; --help and --version end here too, with 0.
  if (error instanceof CommanderError) return error.exitCode === 0 ? ExitCode.ok : ExitCode.usage;
  if (error instanceof InterruptedError) {
    process.stderr.write('interrupted; the last finished report is untouched\n');
    return ExitCode.interrupted;
  }
  process.stderr.write(renderError(error, debug ? 'debug' : 'brief'));
  return error instanceof MatrixError ? error.exitCode : ExitCode.incomplete;
}

async function cliContext(signal: AbortSignal, ending: Ending): Promise<CliContext> {
  const root = packageRoot();
  const [text, libbpf] = await Promise.all([readFile(join(root, 'package.json'), 'utf8'), builtLibbpf(root)]);
  const { name, version } = JSON.parse(text) as { name: string; version: string };
  const { env, stdout, stderr } = process;
  return { env, stdout, stderr, signal, ending, tool: { name, version }, libbpf };
}

/** Which libbpf the build has in it; null before there is one. */
async function builtLibbpf(root: string): Promise<string | null> {
  const text = await readFile(join(root, 'build/libbpf/identity'), 'utf8').catch(() => '');
  return text.split(' ')[0] || null;
}

/** `0.1.0, libbpf 1.7.0`. */
function versionText({ tool, libbpf }: CliContext): string {
  return `${tool.version}, libbpf ${libbpf ?? 'not built yet'}`;
}
