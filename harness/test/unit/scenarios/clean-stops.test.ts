// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { contractNamed } from '../../../contracts/registry.js';
import type { Environment } from '../../../model/check.js';
import { companionOf } from '../../../scenarios/companions.js';
import type { PickedProof } from '../../../scenarios/pick.js';
import type { Share } from '../../../scenarios/shares.js';
import { sharesOn } from './fixture/shares.js';

/*
 * The last agent of a machine is thrown away with its guest (ADR 16); one after which another starts, or attempts are made
 * without one, is stopped, and has to end when it is asked to. So for each mode of an agent there has to be a start that is
 * not the last of its machine. What an agent comes to that does not end is in left-running.test.ts and the selftest.
 */

/** The states in which agents are started for a proof, one after the other. */
function statesOf({ proof }: PickedProof, enforcing: string): readonly string[] {
  switch (proof.kind) {
    case 'attempts':
      return [proof.observing, proof.enforcing].flatMap((phase) => (phase === null ? [] : [phase.state ?? enforcing]));
    case 'posture':
      return [proof.row.state];
    case 'missing-hook':
      return proof.rows.flatMap((row) => ('state' in row ? [row.state] : []));
    case 'controls':
    case 'not-offered':
      return [];
    default:
      // Every other kind starts an agent that enforces, or observes.
      return [enforcing];
  }
}

/** States of agents that are stopped on a machine: of all but the last, companions being with the start that they share. */
function stoppedOn({ proofs }: Pick<Share, 'proofs'>, enforcing: string): readonly string[] {
  const own = proofs.filter(
    ({ proof }) => !proofs.some((other) => other.proof.kind === 'attempts' && companionOf(other.proof, proof) !== null),
  );
  return own.flatMap((one) => statesOf(one, enforcing)).slice(0, -1);
}

const enforcingIn = (environment: Environment): string => (environment === 'lsm' ? 'ENFORCE' : 'ENFORCE_SIGNAL');
const stoppedIn = (environment: Environment): ReadonlySet<string> =>
  new Set(sharesOn('aegis', environment).flatMap((share) => stoppedOn(share, enforcingIn(environment))));

describe('a clean stop is proved', () => {
  it.each(['lsm', 'lsm-override', 'no-lsm'] as const)(
    '%s: of an agent that audits, and of one that enforces',
    (environment) => {
      const stopped = stoppedIn(environment);
      expect(stopped).toContain('AUDIT');
      expect(stopped).toContain(enforcingIn(environment));
    },
  );

  it('of an agent in each state that lasts', () => {
    const { states } = contractNamed('aegis');
    const lasting = Object.keys(states).filter((name) => states[name]?.exit === null);
    expect(lasting).toHaveLength(4);
    const stopped = new Set(contractNamed('aegis').environments.flatMap((one) => [...stoppedIn(one.environment)]));
    for (const state of lasting) expect(stopped).toContain(state);
  });

  it('of an observer', () => {
    expect(sharesOn('audit', 'lsm').flatMap((share) => stoppedOn(share, 'OBSERVING'))).toContain('OBSERVING');
  });

  it('of none where a machine has one start: that would be missed, and this sees it', () => {
    const [share] = sharesOn('aegis', 'no-lsm');
    const proofs = share?.proofs.filter(({ proof }) => proof.kind === 'posture').slice(-1) ?? [];
    expect(proofs).toHaveLength(1);
    expect(stoppedOn({ proofs }, 'ENFORCE_SIGNAL')).toEqual([]);
  });
});
