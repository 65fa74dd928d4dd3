// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { Proof } from '../../../contracts/proof.js';
import { contractNamed, conventions as known } from '../../../contracts/registry.js';
import type { CheckClass } from '../../../model/check.js';
import { offerOfAll } from '../../../scenarios/catalogue.js';
import { pickProofs } from '../../../scenarios/pick.js';
import { companionOf, isOfRestart } from '../../../scenarios/companions.js';
import { everything, sharesOn } from './fixture/shares.js';

const machines = known.flatMap(({ contract: name }) =>
  contractNamed(name).environments.map(({ environment, classes }) => ({ name, environment, classes })),
);

describe('what is proved in an environment, shared out among machines', () => {
  it.each(machines)('$name, $environment: all of it, in the order of the contract, once', (one) => {
    const contract = contractNamed(one.name);
    const own = new Set<CheckClass>(one.classes);
    const whole = pickProofs(contract.proofs(one.environment, offerOfAll(contract)), { ...everything, classes: own });
    const shared = sharesOn(one.name, one.environment).flatMap(({ proofs }) => proofs);
    const named = (picked: typeof whole) => picked.map(({ proof }) => proof).filter(({ kind }) => kind !== 'controls');
    expect(named(shared)).toEqual(named(whole));
  });

  it.each(machines)('$name, $environment: each machine makes the controls that its attempts need', (one) => {
    for (const { proofs } of sharesOn(one.name, one.environment)) {
      const made = new Set(proofs.flatMap(({ proof }) => (proof.kind === 'controls' ? [proof.folder] : [])));
      const needed = new Set(proofs.flatMap(({ proof }) => (proof.kind === 'attempts' ? [proof.controls] : [])));
      expect(made).toEqual(needed);
    }
  });

  it.each(machines)('$name, $environment: one of them leads, the first', (one) => {
    const [lead, ...others] = sharesOn(one.name, one.environment).map(({ leads }) => leads);
    expect(lead).toBe(true);
    expect(others).not.toContain(true);
  });

  it('are three where the BPF LSM is, and one without: there it is less', () => {
    expect(sharesOn('aegis', 'lsm')).toHaveLength(3);
    expect(sharesOn('aegis', 'no-lsm')).toHaveLength(1);
    expect(sharesOn('aegis', 'lsm-override')).toHaveLength(1);
  });

  it.each(machines)('$name, $environment: what looks at the start of attempts is on their machine', (one) => {
    const contract = contractNamed(one.name);
    const proofs = contract.proofs(one.environment, offerOfAll(contract));
    const machinesOf = (attempts: Proof): number => {
      if (attempts.kind !== 'attempts') return 0;
      const companions = proofs.filter((proof) => companionOf(attempts, proof) !== null);
      return sharesOn(one.name, one.environment).filter(({ proofs: own }) =>
        own.some(({ proof }) => companions.includes(proof)),
      ).length;
    };
    expect(proofs.map(machinesOf).filter((machines) => machines > 1)).toEqual([]);
  });

  it('have the row of the posture table that looks at the first agent of a restart where that is', () => {
    const proofs = sharesOn('aegis', 'lsm').map((share) => share.proofs.map(({ proof }) => proof));
    const [restarting] = proofs.filter((own) => own.some(({ kind }) => kind === 'restart'));
    const restart = restarting?.find((proof) => proof.kind === 'restart');
    expect(restarting?.filter((proof) => restart !== undefined && isOfRestart(restart, proof))).toHaveLength(1);
  });

  it('are one for a part of one of them, and none for nothing', () => {
    expect(sharesOn('aegis', 'lsm', { ...everything, classes: new Set(['file']) })).toHaveLength(1);
    const [restart, ...others] = sharesOn('aegis', 'lsm', { ...everything, classes: new Set(['restart']) });
    expect(restart).toMatchObject({ leads: true });
    expect(others).toEqual([]);
    expect(sharesOn('aegis', 'lsm', { ...everything, classes: new Set() })).toEqual([]);
  });

  it('has what an agent does not offer, of one that offers nothing', () => {
    const nothing = { rules: new Set<never>(), signals: new Set<never>(), features: new Set<never>() };
    for (const { name, environment } of machines) {
      expect(
        sharesOn(name, environment, everything, { ...offerOfAll(contractNamed(name)), ...nothing }).length,
        environment,
      ).toBeGreaterThan(0);
    }
  });
});
