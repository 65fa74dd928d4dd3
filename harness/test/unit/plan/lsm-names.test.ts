// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { unknownLsms } from '../../../plan/lsm-names.js';

const config =
  'CONFIG_SECURITY=y\nCONFIG_BPF_LSM=y\nCONFIG_SECURITY_TOMOYO=y\n# CONFIG_SECURITY_IPE is not set\nCONFIG_SECURITY_SMACK=m\n';
const stock = { config, isOwn: false };

describe('a name of --lsm', () => {
  it.each(['bpf', 'tomoyo', 'capability'])('%s is known to a kernel that was built with it', (name) => {
    expect(unknownLsms([name], [stock])).toBeNull();
  });

  it.each(['nothere', 'ipe', 'smack', 'security'])('%s is not known to one that was not', (name) => {
    expect(unknownLsms(['bpf', name], [stock])).toMatchObject({ names: [name], unsure: false });
  });

  it('is known when one kernel of the run has it', () => {
    expect(unknownLsms(['ipe'], [stock, { config: 'CONFIG_SECURITY_IPE=y\n', isOwn: false }])).toBeNull();
  });

  it('is answered with the names that are near, and with all where none is', () => {
    expect(unknownLsms(['tomyo'], [stock])?.near).toEqual(['tomoyo']);
    expect(unknownLsms(['nothere'], [stock])?.near).toEqual(['bpf', 'capability', 'tomoyo']);
  });

  it('may be a module of the user in a kernel of theirs, and in no other', () => {
    const built = 'CONFIG_SECURITY_MINE=y\n';
    expect(unknownLsms(['mine'], [{ config: built, isOwn: true }])).toBeNull();
    expect(unknownLsms(['mine'], [{ config: built, isOwn: false }])?.names).toEqual(['mine']);
    expect(unknownLsms(['mine'], [stock, { config: null, isOwn: true }])?.unsure).toBe(true);
  });

  it('is believed of a stock kernel without a configuration when kernel.org has it', () => {
    expect(unknownLsms(['ipe'], [{ config: null, isOwn: false }])).toBeNull();
    expect(unknownLsms(['nothere'], [{ config: null, isOwn: false }])).toMatchObject({ unsure: false });
  });
});
