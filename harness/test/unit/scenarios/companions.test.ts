// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import type { AttemptsProof, Proof } from '../../../contracts/proof.js';
import { contractNamed } from '../../../contracts/registry.js';
import type { Environment } from '../../../model/check.js';
import { offerOfAll } from '../../../scenarios/catalogue.js';
import { companionOf, isOfRestart } from '../../../scenarios/companions.js';

function proofsOf(name: string, environment: Environment): readonly Proof[] {
  const contract = contractNamed(name);
  return contract.proofs(environment, offerOfAll(contract));
}

/** `enforcing: records`, for each proof that needs no start of its own beside the attempts of this label. */
function sharing(name: string, environment: Environment, label: string | null = null): readonly string[] {
  const proofs = proofsOf(name, environment);
  const attempts = proofs.find((proof): proof is AttemptsProof => proof.kind === 'attempts' && proof.label === label);
  if (attempts === undefined) throw new Error(`no such attempts in ${environment}`);
  return proofs.flatMap((proof) => {
    const part = companionOf(attempts, proof);
    return part === null ? [] : [`${part}: ${proof.kind === 'posture' ? proof.row.name : proof.kind}`];
  });
}

/** Starts of the agent for all of an environment, where nothing goes wrong. */
function starts(name: string, environment: Environment): number {
  const proofs = proofsOf(name, environment);
  const attempts = proofs.filter((proof): proof is AttemptsProof => proof.kind === 'attempts');
  const own = (proof: Proof): number => {
    if (proof.kind === 'attempts') return [proof.observing, proof.enforcing].filter((phase) => phase !== null).length;
    if (proof.kind === 'missing-hook') return proof.rows.length;
    if (proof.kind === 'restart') return 2;
    return proof.kind === 'controls' || proof.kind === 'not-offered' ? 0 : 1;
  };
  const restarts = proofs.filter((proof) => proof.kind === 'restart');
  return proofs
    .filter((proof) => attempts.every((one) => companionOf(one, proof) === null))
    .filter((proof) => !restarts.some((one) => isOfRestart(one, proof)))
    .reduce((sum, proof) => sum + own(proof), 0);
}

it('a row of the posture table looks at the first agent of a restart, unless its rules or its options are others', () => {
  const proofs = proofsOf('aegis', 'lsm');
  const restart = proofs.find((proof) => proof.kind === 'restart');
  if (restart === undefined) throw new Error('no restart');
  const rows = proofs.flatMap((proof) => (proof.kind === 'posture' ? [proof] : []));
  const shared = rows.filter((row) => isOfRestart(restart, row));
  expect(shared.map(({ row }) => row.name)).toEqual(['the signal fallback asked for where the LSM works']);
  for (const more of [{ malformed: true }, { rules: { deny_ptrace: [] } }, { options: { mode: 'audit' } }]) {
    expect(shared.map((proof) => isOfRestart(restart, { ...proof, row: { ...proof.row, ...more } }))).toEqual([false]);
  }
});

it('an agent without the fallback restarts without it', () => {
  const contract = contractNamed('aegis');
  const offer = { ...offerOfAll(contract), features: new Set<never>() };
  const restart = contract.proofs('lsm', offer).find((proof) => proof.kind === 'restart');
  expect(restart).toMatchObject({ options: { mode: 'enforce' }, shared: null });
});

describe('proofs that share a start with attempts', () => {
  it('are those with the same options, where the BPF LSM is', () => {
    expect(sharing('aegis', 'lsm')).toEqual(['enforcing: announcement', 'enforcing: records']);
  });

  it.each(['lsm-override', 'no-lsm'] as const)('are those with the same options in %s', (environment) => {
    expect(sharing('aegis', environment)).toEqual(['enforcing: announcement', 'observing: audit, fallback on']);
    expect(sharing('aegis', environment, 'int')).toEqual(['enforcing: fallback on, both gates open']);
    expect(sharing('aegis', environment, 'kill')).toEqual([]);
  });

  it('are, of an observer, what the programs return', () => {
    expect(sharing('audit', 'lsm')).toEqual(['observing: returns']);
  });

  it('leave so many starts of an agent that offers everything', () => {
    expect([starts('aegis', 'lsm'), starts('aegis', 'lsm-override'), starts('aegis', 'no-lsm')]).toEqual([10, 9, 9]);
    expect(starts('audit', 'lsm')).toBe(4);
  });

  it('are none with a policy that is read otherwise, or with rules of a row’s own', () => {
    const [attempts] = proofsOf('aegis', 'no-lsm').filter((proof): proof is AttemptsProof => proof.kind === 'attempts');
    const row = proofsOf('aegis', 'no-lsm').find((proof) => proof.kind === 'posture');
    if (attempts?.observing == null || row?.kind !== 'posture') throw new Error('no such proofs');
    const { options } = attempts.observing;
    const other = (more: object): Proof => ({ ...row, row: { ...row.row, options, ...more } });
    expect(companionOf(attempts, other({}))).toBe('observing');
    expect(companionOf(attempts, other({ malformed: true }))).toBeNull();
    expect(companionOf(attempts, other({ rules: { deny_ptrace: [] } }))).toBeNull();
    expect(companionOf(attempts, other({ options: { ...options, signal: 'int' } }))).toBeNull();
  });
});
