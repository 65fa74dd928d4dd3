// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { aegis } from '../../../contracts/aegis/index.js';
import type { Contract } from '../../../contracts/contract.js';
import type { Proof } from '../../../contracts/proof.js';
import { contractNamed } from '../../../contracts/registry.js';
import { withScratchFolder } from '../../../proc/temp.js';
import { contractOn } from '../../../run/direct-calls.js';
import { offerOfAll } from '../../../scenarios/catalogue.js';
import { identityOf } from '../../fixtures/report-parts.js';

const ftrace = 'CONFIG_DYNAMIC_FTRACE=y\n';
const without = `${ftrace}# CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS is not set\n`;
const offer = offerOfAll(aegis);

/** On a kernel with this configuration; null: nobody knows it. */
async function on(config: string | null, contract: Contract = aegis): Promise<Contract> {
  return withScratchFolder('config', async (folder) => {
    const file = join(folder, 'config');
    if (config !== null) await writeFile(file, config);
    const files = { image: '', modules: null, config: config === null ? null : file };
    return contractOn({ status: 'ready', identity: identityOf('6.1/arm64', '6.1.0'), files }, contract);
  });
}

describe('what is proved of an agent', () => {
  it.each([
    ['direct calls', `${ftrace}CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS=y\n`],
    ['no ftrace, which then keeps nothing from being attached', '# CONFIG_DYNAMIC_FTRACE is not set\n'],
    ['a configuration that nobody knows', null],
  ])('is what the contract has on a kernel with %s', async (_, config) => {
    expect(await on(config)).toBe(aegis);
  });

  const rowsOf = (proofs: readonly Proof[]) => {
    const rows = proofs.flatMap((proof) => (proof.kind === 'posture' ? [proof.row] : []));
    return rows.map(({ state, orElse }) => [state, orElse?.state ?? null]);
  };
  const givenUp = [
    ['DEGRADED', null],
    ['AUDIT_FALLBACK', null],
  ];

  it('is its posture and its signals on a kernel that attaches no hook, and nothing is left out in silence', async () => {
    const contract = await on(without);
    expect(contract.hookless).toBe(true);
    const proofs = contract.proofs('lsm', offer);
    expect(rowsOf(proofs)).toEqual([...givenUp, ['ENFORCE_SIGNAL', null]]);
    const attempts = (all: readonly Proof[]) =>
      all.filter(({ kind }) => kind === 'attempts' || kind === 'announcement');
    expect(attempts(proofs)).toEqual(attempts(aegis.proofs('no-lsm', offer)));
    const open = proofs.flatMap((proof) =>
      proof.kind === 'not-offered' && proof.by === 'kernel' ? [proof.class] : [],
    );
    const classes = aegis.environments.find(({ environment }) => environment === 'lsm')?.classes ?? [];
    expect(new Set([...open, 'posture', 'signal'])).toEqual(new Set(classes));
  });

  it('is its posture alone where it does not say that it enforces by signals there: it may give up', async () => {
    const features = new Set([...offer.features].filter((name) => name !== 'signalWithoutHooks'));
    const proofs = (await on(without)).proofs('lsm', { ...offer, features });
    expect(rowsOf(proofs)).toEqual([...givenUp, ['DEGRADED', 'ENFORCE_SIGNAL']]);
    expect(proofs.filter(({ class: name }) => name === 'signal').map(({ kind }) => kind)).toEqual(['not-offered']);
  });

  it('is the same without the BPF LSM, and of an agent whose contract says nothing of it', async () => {
    expect((await on(without)).proofs('no-lsm', offer)).toEqual(aegis.proofs('no-lsm', offer));
    const audit = contractNamed('audit');
    expect(await on(without, audit)).toBe(audit);
  });
});
