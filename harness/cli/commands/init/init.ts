// SPDX-License-Identifier: Apache-2.0
import { access, rm, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve } from 'node:path';
import { readAgent } from '../../../config/agent.js';
import { agentHelp } from '../../../config/agent-help.js';
import { type AgentDraft, draftAgent } from '../../../config/draft-agent.js';
import { defaultConfigFile, readConfig } from '../../../config/file.js';
import { readHostFile } from '../../../config/host-files.js';
import { initCandidates } from '../../../config/init-candidates.js';
import { pinnedBuild } from '../../../config/libbpf.js';
import { conventions as all } from '../../../contracts/registry.js';
import { packageRoot } from '../../../kernels/package-root.js';
import type { AgentConventions } from '../../../model/agent-conventions.js';
import { UsageError } from '../../../model/errors.js';
import { ExitCode } from '../../../model/exit-code.js';
import { invocation } from '../../../model/invocation.js';
import { shellWord } from '../../../proc/shell-quote.js';
import { writeFileAtomic } from '../../../proc/atomic.js';
import type { CliContext } from '../../context.js';
import { cannotWrite } from '../../writable.js';
import { type InitAnswers, answersOfFlags, answersOfPerson } from './answers.js';
import { type Asking, terminalAsking } from './ask.js';
import type { InitFlags } from './flags.js';

/** `init`: asks, writes, reads what it wrote as `run` does, and says what to do next. `asking`: null asks nobody. */
export async function init(
  flags: InitFlags,
  cli: CliContext,
  asking: Asking | null = isForPerson(flags, cli) ? terminalAsking(cli.signal) : null,
): Promise<ExitCode> {
  try {
    const file = flags.config ?? defaultConfigFile;
    await checkFree(file, flags.force === true);
    const conventions = contractOf(flags.contract);
    const answers = await answersOf(flags, cli, { asking, conventions });
    if ('objectAlone' in answers) {
      cli.stdout.write(`an object alone needs no configuration\n  next: ${loadOnly(answers.objectAlone)}\n`);
      return ExitCode.ok;
    }
    const draft = await draftOf(answers, dirname(file), { conventions, signal: cli.signal });
    await writeChecked(file, draft);
    cli.stdout.write(summary(file, draft));
    return ExitCode.ok;
  } finally {
    asking?.close();
  }
}

function isForPerson({ yes }: InitFlags, { stderr }: CliContext): boolean {
  return yes !== true && process.stdin.isTTY && stderr.isTTY;
}

async function checkFree(file: string, force: boolean): Promise<void> {
  const there = await access(file).then(
    () => true,
    () => false,
  );
  if (!there || force) return;
  const next = 'write over it with --force, or another file with --config FILE';
  throw new UsageError({ message: `${file} is there already`, next });
}

function contractOf(name: string | undefined): AgentConventions {
  const found = name === undefined ? all[0] : all.find(({ contract }) => contract === name);
  if (found !== undefined) return found;
  const known = all.map(({ contract }) => contract).join(', ');
  throw new UsageError({ message: `--contract: there is no contract '${name ?? ''}'`, next: `one of ${known}` });
}

async function answersOf(
  flags: InitFlags,
  { stderr }: CliContext,
  { asking, conventions }: { readonly asking: Asking | null; readonly conventions: AgentConventions },
): Promise<InitAnswers | { readonly objectAlone: string }> {
  const found = await initCandidates(process.cwd());
  if (asking === null) return answersOfFlags(flags, found);
  return answersOfPerson(flags, found, {
    ask: asking.ask,
    conventions,
    write: (text) => void stderr.write(text),
  });
}

async function draftOf(
  { object, agent, name, helpCall, features }: InitAnswers,
  folder: string,
  { conventions, signal }: { readonly conventions: AgentConventions; readonly signal: AbortSignal },
): Promise<AgentDraft> {
  const { bytes } = await readHostFile(agent, 'init: the agent');
  await readHostFile(object, 'init: the object');
  const help = helpCall ? await agentHelp(agent, signal) : null;
  const inFile = (path: string): string => relative(folder, path);
  const found = { name, object: inFile(object), binary: inFile(agent), help, bytes, features };
  const draft = draftAgent(found, conventions);
  if (conventions === all[0]) return { ...draft, notes: [...draft.notes, ...otherContract(draft)] };
  return { ...draft, agent: { ...draft.agent, contract: conventions.contract } };
}

/** An agent that names no rule may be of another kind. */
function otherContract({ notes }: AgentDraft): readonly string[] {
  if (!notes.some((note) => note.startsWith('rules: none of'))) return [];
  const others = all.slice(1).map(({ contract }) => contract);
  return [`contract: no rule is named in the binary; one that only observes: --contract ${others.join(' or ')}`];
}

/** Read back by the same reader as a run's; what it does not take is never left in place. */
async function writeChecked(file: string, { agent }: AgentDraft): Promise<void> {
  const folder = dirname(file);
  const root = packageRoot();
  const schema = relative(resolve(folder), resolve(root, 'docs/matrix.config.schema.json'));
  const text = `${JSON.stringify({ $schema: schema, agent }, null, 2)}\n`;
  const draft = `${file}.new`;
  try {
    await writeFile(draft, text).catch((cause: unknown) => {
      throw cannotWrite(`${file} cannot be written`, 'name another with --config', cause);
    });
    const config = await readConfig(draft, all);
    const built = pinnedBuild(root).folder;
    await readAgent(config, { conventions: all, root, built, configFile: file, folder, object: null });
    await writeFileAtomic(file, text);
  } finally {
    await rm(draft, { force: true });
  }
}

function summary(file: string, { notes }: AgentDraft): string {
  const config = file === defaultConfigFile ? '' : ` --config ${shellWord(file)}`;
  return [
    `${file} is written, and run can read it`,
    ...notes.map((note) => `  look at ${note}`),
    `  ${notes.length === 0 ? 'next' : 'after that'}: ${invocation} -k 6.12 --only file${config}`,
    '  every field is in docs/configuration.md',
    '',
  ].join('\n');
}

function loadOnly(object: string): string {
  return `${invocation} --object ${shellWord(object)}`;
}
