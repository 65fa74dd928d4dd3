// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { contractNamed } from '../../../contracts/registry.js';
import { checkClasses, type CheckClass, type Environment } from '../../../model/check.js';
import { classParts, shareOfClasses } from '../../../scenarios/class-parts.js';
import type { PickedProof } from '../../../scenarios/pick.js';
import type { Share } from '../../../scenarios/shares.js';
import { unnamedTarget } from '../../../target.js';
import { sharesOn } from './fixture/shares.js';

const aegis = contractNamed('aegis');

/** The share with all attempts, and what shares their starts. */
function leadOf(environment: Environment = 'lsm'): Share {
  const [lead] = sharesOn('aegis', environment);
  if (lead === undefined) throw new Error('nothing is planned');
  return lead;
}

const inode = () => ({ dev: 1, ino: 2 });
const contentsOf = ({ classes }: PickedProof) =>
  classes.map((one) => ({ class: one.class, ...one.in(`/t/PHASE/${one.class}`, unnamedTarget) }));
const everything = ({ proofs }: Share) => proofs.flatMap(contentsOf);
const attemptsIn = (share: Share) =>
  share.proofs.filter((one) => one.proof.kind === 'attempts' && !share.known.has(one)).flatMap(contentsOf);

const environments = aegis.environments.map(({ environment }) => environment);

describe('the attempts of a class', () => {
  it.each(environments)(
    '%s: each attempt of a share is of one class, under a name that nothing else has',
    (environment) => {
      for (const share of sharesOn('aegis', environment)) {
        const parts = classParts(share);
        const names = parts.flatMap(({ reported }) => reported.map((name) => JSON.stringify(name)));
        expect(new Set(names).size).toBe(names.length);
        const scenarios = share.proofs.filter(({ proof }) => proof.kind === 'attempts').flatMap(contentsOf);
        const events = share.proofs.flatMap(({ proof }) => (proof.kind === 'attempts' ? proof.neighbourEvents : []));
        expect(names).toHaveLength(scenarios.flatMap((one) => one.scenarios).length + events.length);
      }
    },
  );

  it('are reported in their own class, or in that of their proof', () => {
    const named = (share: Share, name: CheckClass) =>
      classParts(share).flatMap((part) => (part.class === name ? part.reported : []));
    expect(named(leadOf(), 'ptrace')[0]).toEqual(['ptrace', 'PTRACE_ATTACH']);
    expect(named(leadOf('no-lsm'), 'file')[0]).toEqual(['signal', 'file: open(2) for reading']);
    expect(named(leadOf(), 'exec')).toContainEqual(['exec', 'a program that may run']);
  });

  it('of an observer are one with the hooks that they go through', () => {
    expect(sharesOn('audit', 'lsm').flatMap(classParts)).toEqual([]);
  });
});

describe('a share in which some classes are asked for', () => {
  const asked = new Set<CheckClass>(['ptrace', 'file']);

  it('makes their attempts, and no others', () => {
    const classes = attemptsIn(shareOfClasses(leadOf(), asked));
    const made = classes.filter(({ scenarios }) => scenarios.length > 0).map((one) => one.class);
    expect(new Set(made)).toEqual(asked);
    const before = attemptsIn(leadOf()).filter((one) => asked.has(one.class));
    expect(classes.filter((one) => asked.has(one.class)).map(({ scenarios }) => scenarios)).toEqual(
      before.map(({ scenarios }) => scenarios),
    );
  });

  it.each(environments)(
    '%s: has the files and rules of all where there is a policy: fewer would be another one',
    (environment) => {
      for (const share of sharesOn('aegis', environment)) {
        const narrow = shareOfClasses(share, asked);
        const withPolicy = ({ proofs }: Share) => proofs.filter(({ proof }) => proof.kind === 'attempts');
        const given = (one: Share) =>
          withPolicy(one)
            .flatMap(contentsOf)
            .map(({ arrange, inodes, rules }) => ({ arrange, inodes, rules: rules(inode) }));
        expect(given(narrow)).toEqual(given(share));
        // Proofs that share a start bring their rules by being there.
        expect(narrow.proofs.map(({ proof }) => proof)).toEqual(share.proofs.map(({ proof }) => proof));
      }
    },
  );

  it('proves nothing else, and each proof whose attempts are wanted', () => {
    for (const share of environments.flatMap((environment) => sharesOn('aegis', environment))) {
      const narrow = shareOfClasses(share, asked);
      const proved = narrow.proofs.filter((one) => !narrow.known.has(one)).map(({ proof }) => proof);
      const wanted = share.proofs.filter(({ classes }) => classes.some((one) => asked.has(one.class)));
      expect(proved).toEqual(wanted.map(({ proof }) => proof));
    }
    expect(shareOfClasses(leadOf(), asked).known.size).toBeGreaterThan(0);
  });

  it('makes the controls of these alone: where there is no agent, there is no policy', () => {
    const { proofs } = shareOfClasses(leadOf(), asked);
    const controls = proofs.filter(({ proof }) => proof.kind === 'controls').flatMap(contentsOf);
    expect(new Set(controls.map((one) => one.class))).toEqual(asked);
  });

  it('of all classes has every attempt of the whole', () => {
    const scenarios = (share: Share) => everything(share).map((one) => one.scenarios);
    expect(scenarios(shareOfClasses(leadOf(), new Set(checkClasses)))).toEqual(scenarios(leadOf()));
  });
});
