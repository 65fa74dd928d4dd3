// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { aegisConfigMap } from '../../../contracts/aegis/config-map.js';
import type { Proof } from '../../../contracts/proof.js';
import { contractNamed, conventions, defaultContract, machineLabel } from '../../../contracts/registry.js';
import { contractNames } from '../../../model/contract-names.js';
import { offerOfAll } from '../../../scenarios/catalogue.js';
import { placeholdersOf, unknownPlaceholder } from '../../../config/placeholders.js';

const contracts = conventions.map(({ contract }) => contractNamed(contract));

describe('the registry', () => {
  it('has each contract by its name, the default first', () => {
    expect(new Set(contracts.map(({ name }) => name)).size).toBe(contracts.length);
    expect(defaultContract.name).toBe('aegis');
    expect(() => contractNamed('none')).toThrow('there is no contract none');
    expect(contracts.map(({ name }) => name)).toEqual(conventions.map(({ contract }) => contract));
    expect(contracts.map(({ name }) => name)).toEqual([...contractNames]);
  });

  it('calls a machine by its environment, and by its contract where that is not the default one', () => {
    expect(machineLabel({ contract: 'aegis', environment: 'no-lsm' })).toBe('no-lsm');
    expect(machineLabel({ contract: 'audit', environment: 'lsm' })).toBe('audit lsm');
  });
});

/** Everything that a proof asks of an agent, option by option. */
function optionsOf(proof: Proof): readonly (readonly [string, string])[] {
  if (proof.kind === 'attempts') {
    return [proof.observing, proof.enforcing].flatMap((phase) => Object.entries(phase?.options ?? {}));
  }
  if (proof.kind === 'posture') return Object.entries(proof.row.options);
  if (proof.kind !== 'missing-hook') return 'options' in proof ? Object.entries(proof.options) : [];
  return proof.rows.flatMap((row) => ('options' in row ? Object.entries(row.options) : []));
}

describe.each(contracts)('the contract $name', (contract) => {
  const { conventions: own, environments, proofs, states } = contract;
  const offer = offerOfAll(contract);

  it('proves something in every environment, of classes that it has there, in states that it has', () => {
    for (const { environment, classes } of environments) {
      const all = proofs(environment, offer);
      expect(all.length).toBeGreaterThan(0);
      for (const proof of all) {
        if (proof.class !== 'each') expect(classes).toContain(proof.class);
        if (proof.kind === 'posture') expect(Object.keys(states)).toContain(proof.row.state);
        if (proof.kind === 'announcement') expect(Object.keys(states)).toContain(proof.state);
        if (proof.kind !== 'attempts') continue;
        expect(proof.observing ?? proof.enforcing).not.toBeNull();
        const controls = all.filter((one) => one.kind === 'controls' && one.folder === proof.controls);
        expect(controls).toHaveLength(1);
        expect(all.indexOf(controls[0]!)).toBeLessThan(all.indexOf(proof));
      }
    }
  });

  it('asks for options that it has, by values that these have', () => {
    const all = environments.flatMap(({ environment }) => proofs(environment, offer));
    const known = ([name, value]: readonly [string, string]): boolean => {
      const values = Object.hasOwn(own.options, name) ? own.options[name]?.values : [];
      return values === null || values?.includes(value) === true;
    };
    expect(all.flatMap(optionsOf).filter((one) => !known(one))).toEqual([]);
  });

  it('has a command line whose placeholders it knows', () => {
    const known = placeholdersOf(own);
    for (const text of [...own.run, ...Object.values(own.env)]) expect(unknownPlaceholder(text, known)).toBeNull();
  });
});

describe('the generation of a policy', () => {
  it('is a number of 64 bits at offset 32, in a view of a larger buffer too', () => {
    const value = Buffer.alloc(56);
    value.writeBigUInt64LE(2n ** 33n + 5n, 8 + 32);
    expect(aegisConfigMap.generation(value.subarray(8))).toBe(2n ** 33n + 5n);
    expect(aegisConfigMap.generation(Buffer.alloc(39))).toBeNull();
  });
});
