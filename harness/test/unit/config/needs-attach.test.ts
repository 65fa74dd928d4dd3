// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { checkAttach, checkAttachTarget } from '../../../config/needs-attach.js';

const check = (section: string, attach: string) => () => {
  checkAttach({ name: 'p', section }, attach, 'c: objects.0.programs.p');
};

describe('a place to attach to', () => {
  it.each([
    ['fentry', 'vfs_read'],
    ['?fexit.s/other', 'vfs_read'],
    ['lsm.s', 'file_open'],
    ['iter', 'task'],
    ['kretsyscall', 'openat'],
    ['raw_tp.w', 'sched_switch'],
    ['tp/', 'sched/sched_switch'],
  ])('%s takes %s', (section, attach) => {
    expect(check(section, attach)).not.toThrow();
  });

  it.each([
    ['freplace/main', 'main', /c: objects\.0\.programs\.p\.attach: .* has to be loaded before/],
    ['xdp', 'eth0', /is attached to nothing with a name/],
    ['uprobe', 'main', /is attached to nothing with a name/],
    ['tracepoint', 'sched_switch', /is no tracepoint/],
    ['fentry', 'a/b', /is no name of a function or hook/],
  ])('%s does not take %s', (section, attach, words) => {
    expect(check(section, attach)).toThrow(words);
  });
});

describe('a function of another program', () => {
  const checkTarget = (section: string) => () => {
    checkAttachTarget({ name: 'p', section }, 'c: objects.0.programs.p');
  };

  it.each(['freplace', '?freplace/main', 'fentry', 'fexit.s/main'])('is for %s', (section) => {
    expect(checkTarget(section)).not.toThrow();
  });

  it.each(['xdp', 'fmod_ret', 'kprobe/main', 'lsm'])('is not for %s', (section) => {
    expect(checkTarget(section)).toThrow(/c: objects\.0\.programs\.p\.attach: .* is not attached to other programs/);
  });
});
