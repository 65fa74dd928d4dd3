// SPDX-License-Identifier: Apache-2.0
import tseslint from 'typescript-eslint';

/** The one-way house: a stage imports from stages to its left, from model/ and from proc/. */
const stages = [
  'config',
  'plan',
  'contracts',
  'kernels',
  'images',
  'boot',
  'guest',
  'scenarios',
  'results',
  'verdict',
  'report',
  'run',
  'cli',
];
/** Each library has one room; everywhere else it is out of bounds. */
const rooms = {
  execa: ['proc'],
  'node:child_process': [],
  'fast-xml-builder': ['report'],
  'fast-xml-parser': ['results', 'kernels'],
  chalk: ['report', 'cli'],
  'string-width': ['report'],
  'wrap-ansi': ['report'],
  commander: ['cli'],
  preact: ['report/html/page'],
  'preact/hooks': ['report/html/page'],
};

/** Nobody but the registry knows a contract by its name. */
const oneContract = {
  regex: '^(\\.\\./)+contracts/[^/]+/',
  message: 'a contract is known by its interface: import contracts/contract.ts, proof.ts or registry.ts',
};

/** Tables of a stage that import nothing, so that model/ and the stages before theirs may read them too. */
const leaves = { kernels: 'families' };

/** `files` are a folder, or a file by its name with the ending. */
function boundaries(folder, forbiddenFolders) {
  return {
    files: [folder.endsWith('.ts') ? `harness/${folder}` : `harness/${folder}/**/*.{ts,tsx}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: Object.entries(rooms)
            .filter(([, allowed]) => !allowed.includes(folder))
            .map(([name, allowed]) => ({
              name,
              message: allowed.length ? `only ${allowed.join('/, ')}/ may import ${name}` : `use proc/ instead`,
            })),
          patterns: [
            ...forbiddenFolders.map((other) => ({
              regex: `^(\\.\\.?/)+${other}/${leaves[other] ? `(?!${leaves[other]}\\.js$)` : ''}`,
              message: `${folder.replace(/(?<!\.ts)$/, '/')} may not import from ${other}/: imports go one way (see docs/architecture.md)`,
            })),
            ...(folder === 'contracts' ? [] : [oneContract]),
          ],
        },
      ],
    },
  };
}

const sources = ['harness/**/*.{ts,tsx}'];

/** What runs in a browser knows its data and what is pure, and nothing of Node. */
const inBrowser = {
  files: ['harness/report/html/page/**/*.{ts,tsx}'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          { regex: '^(?!\\.|preact(/hooks)?$)', message: 'preact alone is bundled into every report' },
          {
            regex: '^\\.\\./(?!(trend-)?page-data\\.js$|\\.\\./views/text\\.js$|\\.\\./\\.\\./model/)',
            message: 'the page knows its data, views/text.ts and model/: what it shows is decided before',
          },
        ],
      },
    ],
  },
};

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'node_modules/', 'reports/', '.bootstrap/'] },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: sources })),
  {
    files: sources,
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/prefer-readonly': 'error',
      'max-lines-per-function': ['error', { max: 45, skipBlankLines: true, skipComments: true }],
      complexity: ['error', 12],
    },
  },
  // Beside the house: its syntax alone.
  { files: ['vitest.config.ts'], languageOptions: { parser: tseslint.parser } },
  boundaries('model', [...stages, 'proc']),
  boundaries('proc', stages),
  boundaries('target.ts', [...stages, 'proc']),
  ...stages.map((stage, index) => boundaries(stage, stages.slice(index + 1))),
  inBrowser,
  {
    files: Object.entries(leaves).map(([folder, name]) => `harness/${folder}/${name}.ts`),
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: '.', message: 'a table that everybody reads' }] }],
    },
  },
  {
    // Tables of attempts: the longer one is, the more is proved.
    files: ['harness/scenarios/classes/*.ts'],
    rules: { 'max-lines-per-function': 'off' },
  },
  {
    files: ['harness/test/**/*.ts'],
    rules: {
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
);
