// SPDX-License-Identifier: Apache-2.0
import { resolve } from 'node:path';
import { type Plugin, rolldown } from 'rolldown';
import { beforeAll, describe, expect, it } from 'vitest';

/* What a session is asked is decided by code that is hashed: an edit of it is another session, and any other is not. */

interface Code {
  readonly session: string;
  readonly judge: string;
  readonly modules: readonly string[];
}

/** Importers by module, as the bundler sees them. */
const importers = new Map<string, readonly string[]>();

/** What the bundler says of the program in which one module has something more. */
async function codeOf(edited: string | null): Promise<Code> {
  const path = resolve('scripts/session-code.js');
  const { sessionCode } = (await import(path)) as { sessionCode: () => Plugin };
  const edit: Plugin = {
    name: 'edit',
    transform: (code, id) => (id === resolve(edited ?? '') ? `${code}\nglobalThis.edited = true;` : null),
    buildEnd() {
      for (const id of this.getModuleIds()) importers.set(id, this.getModuleInfo(id)?.importers ?? []);
    },
  };
  const program = ['harness/cli/main.ts', 'harness/cli/program.ts'];
  const build = await rolldown({ input: program, platform: 'node', plugins: [edit, sessionCode()] });
  const { output } = await build.generate({ format: 'esm' });
  await build.close();
  const asset = output.find(({ fileName }) => fileName === 'code.json');
  if (asset?.type !== 'asset') throw new Error('no code.json');
  return JSON.parse(String(asset.source)) as Code;
}

let code: Code;
beforeAll(async () => {
  code = await codeOf(null);
}, 60_000);

describe('an edit', () => {
  it.each([
    'harness/scenarios/agent-runner.ts',
    'harness/scenarios/prove.ts',
    'harness/scenarios/load.ts',
    'harness/contracts/aegis/policy.ts',
    'harness/contracts/dialect/policy-writer.ts',
    'harness/guest/client.ts',
    'harness/boot/machine.ts',
    'harness/images/contents.ts',
    'harness/run/machine-session.ts',
    'harness/target.ts',
    'node_modules/execa/index.js',
  ])('of %s is another session', async (path) => {
    expect(code.modules).toContain(path);
    expect((await codeOf(path)).session).not.toBe(code.session);
  });

  it.each([
    'harness/verdict/judge-scenarios.ts',
    'harness/report/pages/run.ts',
    'harness/cli/common-flags.ts',
    'harness/scenarios/classes/file.ts',
    'harness/contracts/aegis/proofs-lsm.ts',
  ])('of %s is not, as code', async (path) => {
    expect(importers.has(resolve(path))).toBe(true);
    expect((await codeOf(path)).session).toBe(code.session);
  });

  it('of what judges is another judge, and of what prints is none', async () => {
    expect((await codeOf('harness/verdict/judge-scenarios.ts')).judge).not.toBe(code.judge);
    expect((await codeOf('harness/report/pages/run.ts')).judge).toBe(code.judge);
  });
});

describe('what is left out because its data is in the key', () => {
  const inSession = (path: string): readonly string[] =>
    (importers.get(resolve(path)) ?? [])
      .map((id) => id.slice(resolve('.').length + 1))
      .filter((one) => code.modules.includes(one));

  it('of classes comes to a session by pickProofs alone; stops.ts gives verdicts their hooks', () => {
    const classes = [...importers.keys()].filter((id) => id.startsWith(resolve('harness/scenarios/classes')));
    expect(classes.length).toBeGreaterThan(8);
    const by = new Set(classes.flatMap((id) => inSession(id)));
    expect([...by].sort()).toEqual(['harness/scenarios/pick.ts', 'harness/scenarios/stops.ts']);
  });

  it('of proofs comes to a session by the contract that lists them', () => {
    const proofs = [...importers.keys()].filter((id) => /contracts\/[^/]+\/proofs?[^/]*\.ts$/.test(id));
    expect(proofs.length).toBeGreaterThan(3);
    const by = new Set(proofs.flatMap((id) => inSession(id)));
    expect([...by].sort()).toEqual(['harness/contracts/aegis/index.ts', 'harness/contracts/audit/index.ts']);
  });
});
