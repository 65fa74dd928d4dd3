// SPDX-License-Identifier: Apache-2.0
import { deniedScenario, fileEvent, netEvent, ruleEvent, scenarioClass } from '../language.js';
import type { Denial, ProbeOperation } from '../scenario.js';

const unseen = {
  handle: 'open_by_handle_at has no name to look at',
  uring: 'io_uring is no system call of its own',
};

/** Other names, other roots and other doors to the same file. */
export const bypass = scenarioClass('bypass', (t) => {
  const secret = `${t}/secret`;
  const plain = `${t}/plain`;
  const lower = `${t}/lower`;
  const other = `${t}/other-lower`;
  const merged = `${t}/merged`;
  const event = fileEvent(secret);
  const way = (
    name: string,
    attempt: ProbeOperation,
    neighbour: ProbeOperation,
    more: Partial<Pick<Denial, 'fallback' | 'optional'>> = {},
  ) => deniedScenario(name, { rules: ['deny_path'], attempt, neighbour, event, fallback: 'signal', ...more });
  const overlay = (name: string, mode: string) =>
    deniedScenario(name, {
      rules: ['deny_path'],
      attempt: ['overlay-open', lower, 'below', mode],
      neighbour: ['overlay-open', other, 'below', mode],
      event: fileEvent(`${lower}/below`),
      optional: true,
    });
  return {
    arrange: [
      ['write', secret, 'Secret words'],
      ['write', plain, 'plain words'],
      ['write', `${t}/plain-s`, 'Such words as the race looks for'],
      ['mkdir', `${t}/sub`],
      ['symlink', secret, `${t}/symlink`],
      ['symlink', plain, `${t}/plain-symlink`],
      ['symlink', `${t}/symlink`, `${t}/chain`],
      ['symlink', `${t}/plain-symlink`, `${t}/plain-chain`],
      ['link', secret, `${t}/hardlink`],
      ['link', secret, `${t}/sub/hardlink`],
      ['link', plain, `${t}/plain-hardlink`],
      ['link', plain, `${t}/sub/plain-hardlink`],
      ['write', `${t}/mountpoint`, ''],
      ['mkdir', lower],
      ['write', `${lower}/below`, 'Secret below'],
      ['mkdir', other],
      ['write', `${other}/below`, 'plain below'],
      ['mkdir', `${t}/base`],
      ['write', `${t}/base/over`, 'Secret above'],
      ['write', `${t}/base/plain`, 'plain above'],
      ['write', `${t}/base/over2`, 'Secret above'],
      ['write', `${t}/base/plain2`, 'plain above'],
      ['mkdir', `${t}/upper`],
      ['mkdir', `${t}/work`],
      ['mkdir', merged],
      ['overlay', `${t}/base`, `${t}/upper`, `${t}/work`, merged],
      ['mkdir', `${t}/renamed`],
      ['write', `${t}/renamed/secret`, 'Secret that moves'],
      ['mkdir', `${t}/moved`],
      ['write', `${t}/moved/plain`, 'plain that moves'],
    ],
    inodes: [secret, `${lower}/below`, `${t}/renamed/secret`],
    rules: () => ({
      deny_path: [secret, `${lower}/below`, `${merged}/over`, `${merged}/over2`, `${t}/renamed/secret`],
      deny_ip: ['127.0.0.2'],
      allow_cgroup: ['/exempt'],
    }),
    scenarios: [
      way('a relative path', ['relative', t, 'secret'], ['relative', t, 'plain']),
      way('a path relative to a descriptor', ['dirfd', t, 'secret'], ['dirfd', t, 'plain']),
      way('a path with ..', ['open', `${t}/sub/../secret`, 'r'], ['open', `${t}/sub/../plain`, 'r']),
      way('a path in a page that is not in memory', ['unfaulted', secret], ['unfaulted', plain]),
      way('a symlink', ['open', `${t}/symlink`, 'r'], ['open', `${t}/plain-symlink`, 'r']),
      way('a chain of symlinks', ['open', `${t}/chain`, 'r'], ['open', `${t}/plain-chain`, 'r']),
      deniedScenario('a symlink swapped in a race', {
        rules: ['deny_path'],
        attempt: ['swap', `${t}/swapped`, plain, secret, '200'],
        neighbour: ['swap', `${t}/swapped-plain`, plain, `${t}/plain-s`, '200'],
        event,
      }),
      way('a hard link in the same folder', ['open', `${t}/hardlink`, 'r'], ['open', `${t}/plain-hardlink`, 'r']),
      way('a hard link elsewhere', ['open', `${t}/sub/hardlink`, 'r'], ['open', `${t}/sub/plain-hardlink`, 'r']),
      way('a bind mount', ['bind-mount', secret, `${t}/mountpoint`], ['bind-mount', plain, `${t}/mountpoint`]),
      deniedScenario('a folder moved under another name', {
        rules: ['deny_path'],
        attempt: ['open-renamed', `${t}/renamed`, `${t}/renamed-now`, 'secret'],
        neighbour: ['open-renamed', `${t}/moved`, `${t}/moved-now`, 'plain'],
        event: fileEvent(`${t}/renamed/secret`),
        fallback: 'signal',
      }),
      way('/proc/self/fd', ['reopen', secret], ['reopen', plain]),
      way('/proc/self/root', ['self-root', secret], ['self-root', plain]),
      way('/proc/1/root', ['setns-root', secret], ['setns-root', plain]),
      way('chroot', ['chroot', t, '/secret'], ['chroot', t, '/plain']),
      way('a user namespace', ['userns', secret], ['userns', plain], { optional: true }),
      overlay('an overlay over it, read', 'r'),
      overlay('an overlay over it, copied up', 'w'),
      // stat(2) has other numbers of an overlay's file than the kernel: the event is known by its process alone.
      deniedScenario('a rule on the merged path of an overlay', {
        rules: ['deny_path'],
        attempt: ['merged-open', merged, 'over', 'r'],
        neighbour: ['merged-open', merged, 'plain', 'r'],
        event: ruleEvent,
        optional: true,
        fallback: 'signal',
      }),
      deniedScenario('a copy-up of it without any open', {
        rules: ['deny_path'],
        attempt: ['merged-chmod', merged, 'over2'],
        neighbour: ['merged-chmod', merged, 'plain2'],
        event: ruleEvent,
        optional: true,
        fallback: { uncovered: 'chmod(2) is not looked at by any tracepoint' },
      }),
      deniedScenario('open_by_handle_at', {
        rules: ['deny_path'],
        attempt: ['open-handle', secret],
        neighbour: ['open-handle', plain],
        event,
        optional: true,
        fallback: { uncovered: unseen.handle },
      }),
      deniedScenario('io_uring open', {
        rules: ['deny_path'],
        attempt: ['uring-open', secret],
        neighbour: ['uring-open', plain],
        event,
        optional: true,
        fallback: { uncovered: unseen.uring },
      }),
      deniedScenario('io_uring connect', {
        rules: ['deny_ip'],
        attempt: ['uring-connect', '127.0.0.2', '80'],
        neighbour: ['uring-connect', '127.0.0.5', '80'],
        event: netEvent('connect', { family: 'ipv4', rule_type: 'ip', remote_ip: '127.0.0.2', remote_port: 80 }),
        optional: true,
        fallback: { uncovered: unseen.uring },
      }),
    ],
  };
});
