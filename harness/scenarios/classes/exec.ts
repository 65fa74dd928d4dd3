// SPDX-License-Identifier: Apache-2.0
import { probePaths } from '../probe.js';
import { deniedScenario, fileEvent, uncoveredScenario, scenarioClass } from '../language.js';

/** Programs by path, and the ways around execve(2). */
export const exec = scenarioClass('exec', (t, { loader }) => {
  const tool = `${t}/tool`;
  const other = `${t}/other`;
  const dynamic = `${t}/dynamic`;
  const rules = ['deny_exec'] as const;
  const event = fileEvent(tool);
  return {
    arrange: [
      ['copy', probePaths.quiet, tool, '755'],
      ['copy', probePaths.quiet, other, '755'],
      ['copy', probePaths.dynamic, dynamic, '755'],
      ['copy', probePaths.dynamic, `${t}/dynamic-other`, '755'],
      ['write', `${t}/script`, `#!${tool}`],
      ['mode', `${t}/script`, '755'],
      ['write', `${t}/other-script`, `#!${other}`],
      ['mode', `${t}/other-script`, '755'],
    ],
    inodes: [tool, dynamic],
    rules: () => ({ deny_exec: [tool, dynamic] }),
    scenarios: [
      deniedScenario('execve', {
        rules,
        attempt: ['exec', tool],
        neighbour: ['exec', other],
        event,
        fallback: 'signal',
      }),
      deniedScenario('execveat', {
        rules,
        attempt: ['execveat', tool],
        neighbour: ['execveat', other],
        event,
        fallback: 'signal',
      }),
      deniedScenario('the interpreter of a script', {
        rules,
        attempt: ['script', `${t}/script`],
        neighbour: ['script', `${t}/other-script`],
        event,
        fallback: 'signal',
      }),
      deniedScenario('an executable mapping', {
        rules,
        attempt: ['map', tool],
        neighbour: ['map', other],
        event,
        fallback: { uncovered: 'mmap(2) is not looked at by any tracepoint' },
      }),
      deniedScenario('the dynamic loader run on it', {
        rules,
        attempt: ['loader', loader, dynamic],
        neighbour: ['loader', loader, `${t}/dynamic-other`],
        event: fileEvent(dynamic),
        fallback: { uncovered: 'sched_process_exec sees the loader, not what it maps' },
      }),
      uncoveredScenario('a copy in a memfd', {
        rules,
        attempt: ['memfd-exec', tool],
        why: 'reading a program is allowed, and a copy of it is another file',
      }),
    ],
  };
});
