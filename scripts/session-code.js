// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';

/** Where sessions begin. What they import, at any distance, decides what is asked of a guest. */
const roots = ['harness/run/session.ts', 'harness/run/scenario-session.ts'];

/**
 * What they import and what decides nothing about it. `verdict`, `report` and `cli`: answers are judged again each time. Classes
 * and proofs: what comes of them is data, and part of the key of each session that carries it out (run/reuse/inputs.ts).
 */
const otherwise = [
  /^harness\/(verdict|report|cli)\//,
  /^harness\/scenarios\/classes\//,
  /^harness\/contracts\/[^/]+\/proof(s|-parts|s-[^/]+)\.ts$/,
];

/** Where answers are judged. */
const judges = ['harness/verdict/judge-kernel.ts'];
/** They print what was judged. */
const printers = [/^harness\/(report|cli)\//];

/**
 * Leaves `code.json` beside the program: a hash over the code that carries out sessions, libraries included, and one over that
 * and the code that judges what they answer.
 */
export function sessionCode() {
  return {
    name: 'session-code',
    generateBundle() {
      const modules = closure(this, roots, otherwise);
      const judging = closure(this, [...roots, ...judges], printers);
      const hashes = { session: hashOf(modules), judge: hashOf(judging) };
      const source = JSON.stringify({ ...hashes, modules: modules.map(([path]) => path) });
      this.emitFile({ type: 'asset', fileName: 'code.json', source: `${source}\n` });
    },
  };
}

function hashOf(modules) {
  const hash = createHash('sha256');
  for (const [path, code] of modules) hash.update(JSON.stringify([path, code]));
  return hash.digest('hex');
}

/** Path and code of every module that these import, sorted, but for what is left out with all that it alone imports. */
function closure(context, from, leftOut) {
  const here = process.cwd();
  const pathOf = (id) => relative(here, id.replace(/^\0/, '')).split(sep).join('/');
  const byPath = new Map([...context.getModuleIds()].map((id) => [pathOf(id), id]));
  const found = new Map();
  const open = [...from];
  for (const root of from) if (!byPath.has(root)) throw new Error(`${root} is not part of the program`);
  while (open.length > 0) {
    const path = open.pop();
    const id = byPath.get(path);
    const info = id === undefined ? null : context.getModuleInfo(id);
    if (found.has(path) || info === null || leftOut.some((one) => one.test(path))) continue;
    found.set(path, info.code ?? '');
    open.push(...[...info.importedIds, ...info.dynamicallyImportedIds].map(pathOf));
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
}
