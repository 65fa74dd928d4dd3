// SPDX-License-Identifier: Apache-2.0
import { deniedScenario, fileEvent, attemptFromExempt, uncoveredScenario, scenarioClass } from '../language.js';

/** Files by path, by inode and below a denied folder: everything that would read, change, move or replace one. */
export const file = scenarioClass('file', (t) => {
  const secret = `${t}/secret`;
  const plain = `${t}/plain`;
  const byInode = `${t}/by-inode`;
  const vault = `${t}/vault`;
  const doomed = `${t}/doomed`;
  const movable = `${t}/movable`;
  const replaced = `${t}/replaced`;
  const rules = ['deny_path'] as const;
  const event = fileEvent(secret);
  const noFile = 'no tracepoint looks at it, and it leaves no descriptor to look at';
  return {
    arrange: [
      ['write', secret, 'Secret words'],
      ['write', plain, 'plain words'],
      ['write', byInode, 'by inode'],
      ['write', doomed, 'doomed'],
      ['write', movable, 'to be moved'],
      ['write', replaced, 'to be replaced'],
      ['write', `${t}/plain-replaced`, 'to be replaced'],
      ['write', `${t}/plain-doomed`, 'doomed too'],
      ['write', `${t}/source`, 'a source'],
      ['write', `${t}/target`, 'a target'],
      ['write', `${t}/scratch`, 'scratch'],
      ['mkdir', vault],
      ['write', `${vault}/inside`, 'inside'],
      ['mkdir', `${t}/open`],
      ['write', `${t}/open/inside`, 'inside'],
    ],
    inodes: [secret, byInode, doomed, replaced, movable, vault],
    rules: (inode) => ({
      deny_path: [secret, vault, doomed, replaced, movable],
      deny_inode: [`${inode(byInode).dev}:${inode(byInode).ino}`],
      allow_cgroup: ['/exempt'],
    }),
    scenarios: [
      deniedScenario('open(2) for reading', {
        rules,
        attempt: ['open', secret, 'r'],
        neighbour: ['open', plain, 'r'],
        event,
        fallback: 'signal',
      }),
      deniedScenario('openat', {
        rules,
        attempt: ['openat', secret, 'r'],
        neighbour: ['openat', plain, 'r'],
        event,
        fallback: 'signal',
      }),
      deniedScenario('openat2', {
        rules,
        attempt: ['openat2', secret, 'r'],
        neighbour: ['openat2', plain, 'r'],
        event,
        fallback: 'signal',
      }),
      deniedScenario('creat', {
        rules,
        attempt: ['creat', secret],
        neighbour: ['creat', `${t}/scratch`],
        event,
        fallback: 'signal',
      }),
      deniedScenario('open for writing', {
        rules,
        attempt: ['open', secret, 'w'],
        neighbour: ['open', plain, 'w'],
        event,
        fallback: 'signal',
      }),
      deniedScenario('open with O_TRUNC', {
        rules,
        attempt: ['open', secret, 'wt'],
        neighbour: ['open', `${t}/scratch`, 'wt'],
        event,
        fallback: 'signal',
      }),
      deniedScenario('truncate(2)', {
        rules,
        attempt: ['truncate', secret],
        neighbour: ['truncate', `${t}/scratch`],
        event,
        fallback: { uncovered: noFile },
      }),
      deniedScenario('rename away', {
        rules,
        attempt: ['rename', movable, `${t}/moved`],
        neighbour: ['rename', `${t}/scratch`, `${t}/scratch-moved`],
        event: fileEvent(movable),
        fallback: { uncovered: noFile },
      }),
      deniedScenario('rename over', {
        rules,
        attempt: ['rename', `${t}/source`, replaced],
        neighbour: ['rename', `${t}/target`, `${t}/plain-replaced`],
        event: fileEvent(replaced),
        fallback: { uncovered: noFile },
      }),
      deniedScenario('unlink', {
        rules,
        attempt: ['unlink', doomed],
        neighbour: ['unlink', `${t}/plain-doomed`],
        event: fileEvent(doomed),
        fallback: { uncovered: noFile },
      }),
      deniedScenario('link', {
        rules,
        attempt: ['link', secret, `${t}/linked`],
        neighbour: ['link', plain, `${t}/linked-plain`],
        event,
        fallback: { uncovered: noFile },
      }),
      deniedScenario('link out of a denied folder', {
        rules,
        attempt: ['link', `${vault}/inside`, `${t}/linked-out`],
        neighbour: ['link', `${t}/open/inside`, `${t}/linked-out-plain`],
        event: fileEvent(vault),
        fallback: { uncovered: noFile },
      }),
      deniedScenario('mapping a file that was opened before', {
        rules: ['deny_inode', 'allow_cgroup'],
        attempt: attemptFromExempt('map-opened', byInode),
        neighbour: attemptFromExempt('map-opened', plain),
        event: fileEvent(byInode),
        fallback: { uncovered: 'mmap(2) is not looked at by any tracepoint' },
      }),
      deniedScenario('a file below a denied folder', {
        rules,
        attempt: ['open', `${vault}/inside`, 'r'],
        neighbour: ['open', `${t}/open/inside`, 'r'],
        event: fileEvent(vault),
      }),
      deniedScenario('a rule on an inode', {
        rules: ['deny_inode'],
        attempt: ['open', byInode, 'r'],
        neighbour: ['open', plain, 'r'],
        event: fileEvent(byInode),
        fallback: 'signal',
      }),
      uncoveredScenario('chmod, which changes no content', {
        rules,
        attempt: ['chmod', secret],
        why: 'no rule speaks of modes',
      }),
    ],
  };
});
