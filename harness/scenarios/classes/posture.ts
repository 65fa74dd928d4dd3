// SPDX-License-Identifier: Apache-2.0
import { allowedScenario, attemptFromExempt, scenarioClass } from '../language.js';
import { probePaths } from '../probe.js';

/** What rules may not do: stop an exempt cgroup, or take from the machine what it lives by. */
export const posture = scenarioClass('posture', (t, { loader }) => {
  const survivors = ['/init', loader];
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
      allowedScenario('open from an exempt cgroup', {
        rules: ['deny_path', 'allow_cgroup'],
        attempt: attemptFromExempt('open', secret, 'r'),
      }),
      allowedScenario('execve from an exempt cgroup', {
        rules: ['deny_exec', 'allow_cgroup'],
        attempt: attemptFromExempt('exec', tool),
      }),
      allowedScenario('connect from an exempt cgroup', {
        rules: ['deny_ip', 'allow_cgroup'],
        attempt: attemptFromExempt('connect', '127.0.0.2', '80', 'tcp'),
      }),
      allowedScenario('init, which no rule may take away', { rules: ['deny_path'], attempt: ['open', '/init', 'r'] }),
      allowedScenario('the dynamic loader, which no rule may take away', {
        rules: ['deny_path'],
        attempt: ['open', loader, 'r'],
      }),
    ],
  };
});
