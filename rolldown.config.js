// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'rolldown';
import { sessionCode } from './scripts/session-code.js';

/**
 * The command line tool with its libraries as few files, because reading many is most of what a start costs
 * (docs/adr/0008). Types are checked by scripts/check alone.
 */
export default defineConfig({
  input: ['harness/cli/main.ts', 'harness/cli/program.ts'],
  platform: 'node',
  tsconfig: 'tsconfig.json',
  transform: { target: 'node20.19' },
  plugins: [sessionCode()],
  output: {
    dir: 'dist/harness/cli',
    format: 'esm',
    sourcemap: true,
    charset: 'ascii',
    codeSplitting: {
      groups: [
        // What is read before the rest, which V8 may have compiled already.
        { name: 'early', test: /harness.(cli.early|kernels.cache.folder)\.ts$/, priority: 3 },
        // What every command line needs, --version and --help among them.
        { name: 'start', tags: ['$initial'], test: /(?<!main)\.[jt]s$/, priority: 2 },
        // What more than one command needs, in one file: thirty small ones cost as much again.
        { name: 'common', minShareCount: 2, priority: 1 },
      ],
    },
    // No hashes: what is built again has the same names, so that V8's compile cache replaces its entries.
    chunkFileNames: '[name].js',
  },
});
