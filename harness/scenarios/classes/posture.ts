// SPDX-License-Identifier: Apache-2.0
import { target } from '../../target.js';
import { allowed, fromExempt, scenarioClass } from '../language.js';
import { probePaths } from '../probe.js';

const survivors = ['/init', target.loader];

/** What rules may not do: stop an exempt cgroup, or take from the machine what it lives by. */
export const posture = scenarioClass('posture', (t) => {
  const secret = `${t}/secret`;
  const tool = `${t}/tool`;
  return {
    arrange: [
      ['write', secret, 'Secret words'],
      ['copy', probePaths.quiet, tool, '755'],
    ],
    inodes: [],
    rules: () => ({
      deny_path: [secret, ...survivors],
      deny_exec: [tool],
      deny_ip: ['127.0.0.2'],
      allow_cgroup: ['/exempt'],
    }),
    scenarios: [
      allowed('open from an exempt cgroup', {
        rules: ['deny_path', 'allow_cgroup'],
        attempt: fromExempt('open', secret, 'r'),
      }),
      allowed('execve from an exempt cgroup', {
        rules: ['deny_exec', 'allow_cgroup'],
        attempt: fromExempt('exec', tool),
      }),
      allowed('connect from an exempt cgroup', {
        rules: ['deny_ip', 'allow_cgroup'],
        attempt: fromExempt('connect', '127.0.0.2', '80', 'tcp'),
      }),
      allowed('init, which no rule may take away', { rules: ['deny_path'], attempt: ['open', '/init', 'r'] }),
      allowed('the dynamic loader, which no rule may take away', {
        rules: ['deny_path'],
        attempt: ['open', target.loader, 'r'],
      }),
    ],
  };
});
