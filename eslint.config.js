import tseslint from 'typescript-eslint';

/** The one-way house: a stage imports from stages to its left, from model/ and from proc/. */
const stages = [
  'config',
  'plan',
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
  'tmp-promise': ['proc'],
  'node:child_process': [],
  'fast-xml-builder': ['report'],
  'fast-xml-parser': ['results'],
  chalk: ['report', 'cli'],
  commander: ['cli'],
};

function boundaries(folder, forbiddenFolders) {
  return {
    files: [`harness/${folder}/**/*.ts`],
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
          patterns: forbiddenFolders.map((other) => ({
            regex: `^(\\.\\./)+${other}/`,
            message: `${folder}/ may not import from ${other}/: imports go one way (see docs/architecture.md)`,
          })),
        },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['dist/', 'build/', 'node_modules/', 'reports/', '.bootstrap/'] },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['harness/**/*.ts'] })),
  {
    files: ['harness/**/*.ts'],
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
  boundaries('model', [...stages, 'proc']),
  boundaries('proc', stages),
  ...stages.map((stage, index) => boundaries(stage, stages.slice(index + 1))),
  {
    // Tables of deeds: the longer one is, the more is proved.
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
