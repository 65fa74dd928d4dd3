// SPDX-License-Identifier: Apache-2.0
import { Command } from 'commander';
import { parseChoice } from '../../config/values.js';
import { measureIds } from '../../model/bench.js';
import { capabilities } from '../../model/capability.js';
import { checkClasses } from '../../model/check.js';
import { reporterNames } from '../../report/names.js';
import { contractNames } from '../../model/contract-names.js';
import { backends } from '../common-flags.js';

const shells = ['bash', 'zsh', 'fish'] as const;

/** `completion bash`: prints a script to source; words come from the commands themselves and from the catalog. */
export function completionCommand(program: Command, stdout: NodeJS.WriteStream): Command {
  return new Command('completion')
    .description('print a completion script: source <(bpf-matrix completion bash)')
    .argument('<shell>', shells.join(', '))
    .action(async (word: string) => {
      const shell = parseChoice('completion', word, shells);
      const { loadCatalog } = await import('../../kernels/catalog.js');
      const catalog = await loadCatalog();
      const ids = ['default', 'all', ...catalog.kernels.map(({ id }) => id)];
      stdout.write(scripts[shell](completionsOf(program), ids));
    });
}

interface Completions {
  readonly commands: readonly string[];
  /** Commands that have commands of their own. */
  readonly groups: readonly { readonly name: string; readonly commands: readonly string[] }[];
  /** Of the default command, and of others where it does not have them. */
  readonly flags: readonly string[];
}

/** Only choices that stay when the catalog changes; kernels come from there. */
const classes = [...checkClasses, 'load'];

function completionsOf(program: Command): Completions {
  const deep = program.commands.flatMap((command) => [command, ...command.commands]);
  const flags = [program, ...deep].flatMap(({ options }) => options.map((option) => option.long ?? ''));
  return {
    commands: program.commands.map(nameOf),
    groups: program.commands
      .filter(({ commands }) => commands.length > 0)
      .map((group) => ({ name: nameOf(group), commands: group.commands.map(nameOf) })),
    flags: [...new Set([...flags, '--help'])].filter(Boolean),
  };
}

const nameOf = (command: Command): string => command.name();

const scripts: Readonly<Record<(typeof shells)[number], (words: Completions, kernels: readonly string[]) => string>> = {
  bash: ({ commands, groups, flags }, kernels) => `_bpf_matrix() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  case $previous in
    -k|--kernel) COMPREPLY=($(compgen -W '${kernels.join(' ')}' -- "$current")) ;;
    --accel) COMPREPLY=($(compgen -W 'auto kvm tcg' -- "$current")) ;;
    --backend) COMPREPLY=($(compgen -W '${backends.join(' ')}' -- "$current")) ;;
    --contract) COMPREPLY=($(compgen -W '${contractNames.join(' ')}' -- "$current")) ;;
    --measure) COMPREPLY=($(compgen -W '${measureIds.join(' ')}' -- "$current")) ;;
    --reporter) COMPREPLY=($(compgen -W '${reporterNames.join(' ')}' -- "$current")) ;;
    --only) COMPREPLY=($(compgen -W '${classes.join(' ')}' -- "$current")) ;;
    --without-capability) COMPREPLY=($(compgen -W '${capabilities.join(' ')}' -- "$current")) ;;
    --clang) COMPREPLY=($(compgen -c "\${current:-clang-}" | grep -x 'clang-[0-9]*')) ;;
    -o|--object|--agent|--tool|--out|--config|--kernel-image|--file|--history|--html|--openmetrics|--|compare|bisect|judge|merge|report|trend|--shard-times|--baseline) COMPREPLY=($(compgen -f -- "$current")) ;;
${groups.map(({ name, commands: own }) => `    ${name}) COMPREPLY=($(compgen -W '${own.join(' ')}' -- "$current")) ;;`).join('\n')}
    completion) COMPREPLY=($(compgen -W '${shells.join(' ')}' -- "$current")) ;;
    *) COMPREPLY=($(compgen -W '${[...commands, ...flags].join(' ')}' -- "$current")) ;;
  esac
}
complete -F _bpf_matrix bpf-matrix
`,
  zsh: (words, kernels) => `autoload -U +X bashcompinit && bashcompinit\n${scripts.bash(words, kernels)}`,
  fish: ({ commands, groups, flags }, kernels) =>
    [
      'complete -c bpf-matrix -f',
      `complete -c bpf-matrix -n __fish_use_subcommand -a '${commands.join(' ')}'`,
      ...groups.map(
        ({ name, commands: own }) =>
          `complete -c bpf-matrix -n '__fish_seen_subcommand_from ${name}' -a '${own.join(' ')}'`,
      ),
      `complete -c bpf-matrix -n '__fish_seen_subcommand_from completion' -a '${shells.join(' ')}'`,
      `complete -c bpf-matrix -l kernel -s k -x -a '${kernels.join(' ')}'`,
      `complete -c bpf-matrix -l accel -x -a 'auto kvm tcg'`,
      `complete -c bpf-matrix -l backend -x -a '${backends.join(' ')}'`,
      `complete -c bpf-matrix -l contract -x -a '${contractNames.join(' ')}'`,
      `complete -c bpf-matrix -l measure -x -a '${measureIds.join(' ')}'`,
      `complete -c bpf-matrix -l without-capability -x -a '${capabilities.join(' ')}'`,
      `complete -c bpf-matrix -l reporter -x -a '${reporterNames.join(' ')}'`,
      `complete -c bpf-matrix -l only -x -a '${classes.join(' ')}'`,
      ...flags.map((flag) => `complete -c bpf-matrix -l ${flag.replace(/^--/, '')}`),
      '',
    ].join('\n'),
};
