import { Command } from 'commander';
import { parseChoice } from '../config/values.js';
import { loadCatalog } from '../kernels/index.js';

const shells = ['bash', 'zsh', 'fish'] as const;

/** `completion bash`: prints a script to source; words come from the commands themselves and from the catalog. */
export function completionCommand(program: Command, stdout: NodeJS.WriteStream): Command {
  return new Command('completion')
    .description('print a completion script: source <(bpf-matrix completion bash)')
    .argument('<shell>', shells.join(', '))
    .action(async (word: string) => {
      const shell = parseChoice('completion', word, shells);
      const catalog = await loadCatalog();
      const ids = ['default', 'all', ...catalog.kernels.map(({ id }) => id)];
      stdout.write(scripts[shell](wordsOf(program), ids));
    });
}

interface Words {
  readonly commands: readonly string[];
  readonly flags: readonly string[];
}

function wordsOf(program: Command): Words {
  const run = program.commands.find((command) => command.name() === 'run');
  const flags = [...(run?.options ?? []), ...program.options].map((option) => option.long ?? '');
  return { commands: program.commands.map((command) => command.name()), flags: [...flags, '--help'].filter(Boolean) };
}

const scripts: Readonly<Record<(typeof shells)[number], (words: Words, kernels: readonly string[]) => string>> = {
  bash: ({ commands, flags }, kernels) => `_bpf_matrix() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  case $previous in
    -k|--kernel) COMPREPLY=($(compgen -W '${kernels.join(' ')}' -- "$current")) ;;
    --accel) COMPREPLY=($(compgen -W 'auto kvm tcg' -- "$current")) ;;
    -o|--object|--out|--config|--kernel-image) COMPREPLY=($(compgen -f -- "$current")) ;;
    kernels) COMPREPLY=($(compgen -W 'list fetch update' -- "$current")) ;;
    completion) COMPREPLY=($(compgen -W '${shells.join(' ')}' -- "$current")) ;;
    *) COMPREPLY=($(compgen -W '${[...commands, ...flags].join(' ')}' -- "$current")) ;;
  esac
}
complete -F _bpf_matrix bpf-matrix
`,
  zsh: (words, kernels) => `autoload -U +X bashcompinit && bashcompinit\n${scripts.bash(words, kernels)}`,
  fish: ({ commands, flags }, kernels) =>
    [
      'complete -c bpf-matrix -f',
      `complete -c bpf-matrix -n __fish_use_subcommand -a '${commands.join(' ')}'`,
      `complete -c bpf-matrix -l kernel -s k -x -a '${kernels.join(' ')}'`,
      `complete -c bpf-matrix -l accel -x -a 'auto kvm tcg'`,
      ...flags.map((flag) => `complete -c bpf-matrix -l ${flag.replace(/^--/, '')}`),
      '',
    ].join('\n'),
};
