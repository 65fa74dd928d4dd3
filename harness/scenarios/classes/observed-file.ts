// SPDX-License-Identifier: Apache-2.0
import { observedScenario, openEvent, scenarioClass } from '../language.js';
import { probePaths } from '../probe.js';
import type { Observed } from '../scenario.js';

/** As long as a name can be. */
const longName = 'n'.repeat(255);
/** What a line of JSON has to escape, and what takes more than a byte. */
const oddName = '"odd\\ name\u00fc';

const hook = 'file_open';

export const observedFile = scenarioClass('file', (t) => {
  const file = `${t}/plain`;
  return {
    arrange: [
      ['write', file, 'Plain words'],
      ['write', `${t}/both`, 'Plain words'],
      ['write', `${t}/often`, 'Plain words'],
      ['write', `${t}/young`, 'Plain words'],
      ['write', `${t}/old`, 'Plain words'],
      ['write', `${t}/stranger`, 'Plain words'],
      ['write', `${t}/${longName}`, 'Plain words'],
      ['write', `${t}/${oddName}`, 'Plain words'],
      ['copy', probePaths.quiet, `${t}/tool`, '755'],
      ['symlink', file, `${t}/symlink`],
      ['link', file, `${t}/link`],
    ],
    inodes: [],
    rules: () => ({}),
    scenarios: [...plainOpens(t, file), ...otherNames(t, file), ...families(t), again(t), missing(t)],
  };
});

function plainOpens(t: string, file: string): readonly Observed[] {
  const events = [openEvent('plain', 'r')];
  return [
    observedScenario('open(2) for reading', { hook, attempt: ['open', file, 'r'], events }),
    observedScenario('open(2) for writing', { hook, attempt: ['open', file, 'w'], events: [openEvent('plain', 'w')] }),
    observedScenario('open(2) for both', {
      hook,
      attempt: ['open', `${t}/both`, 'rw'],
      events: [openEvent('both', 'rw')],
    }),
    observedScenario('creat', { hook, attempt: ['creat', `${t}/made`], events: [openEvent('made', 'w')] }),
    observedScenario('openat', { hook, attempt: ['openat', file, 'r'], events }),
    observedScenario('openat2', { hook, attempt: ['openat2', file, 'r'], events, optional: true }),
    observedScenario('a program that is executed', {
      hook,
      attempt: ['exec', `${t}/tool`],
      events: [openEvent('tool', 'r')],
    }),
  ];
}

/** The name is the one that the file is found by in its folder. */
function otherNames(t: string, file: string): readonly Observed[] {
  const events = [openEvent('plain', 'r')];
  return [
    observedScenario('a relative path', { hook, attempt: ['relative', t, 'plain'], events }),
    observedScenario('a path relative to an O_PATH descriptor, which is no open', {
      hook,
      attempt: ['dirfd', t, 'plain'],
      events,
    }),
    observedScenario('an O_PATH descriptor opened through /proc', { hook, attempt: ['reopen', file], events }),
    observedScenario('a symlink', { hook, attempt: ['open', `${t}/symlink`, 'r'], events }),
    observedScenario('a hard link', { hook, attempt: ['open', `${t}/link`, 'r'], events: [openEvent('link', 'r')] }),
    observedScenario('the longest name', {
      hook,
      attempt: ['open', `${t}/${longName}`, 'r'],
      events: [openEvent(longName, 'r')],
    }),
    observedScenario('a name to be escaped', {
      hook,
      attempt: ['open', `${t}/${oddName}`, 'r'],
      events: [openEvent(oddName, 'r')],
    }),
  ];
}

/** Whoever descends from a traced process is traced; whoever descends from another is not. */
function families(t: string): readonly Observed[] {
  const by = 'descendant';
  return [
    observedScenario('a child', {
      hook,
      by,
      attempt: ['fork-open', '1', `${t}/young`],
      events: [openEvent('young', 'r')],
    }),
    observedScenario('the child of a child of a child', {
      hook,
      by,
      attempt: ['fork-open', '3', `${t}/old`],
      events: [openEvent('old', 'r')],
    }),
    observedScenario('the child of a process that is not traced', {
      hook,
      by,
      traced: false,
      attempt: ['fork-open', '1', `${t}/stranger`],
      events: [openEvent('stranger', 'r')],
    }),
  ];
}

function again(t: string): Observed {
  const events = [openEvent('often', 'r')];
  return observedScenario('one file fifty times', { hook, attempt: ['stubborn', '50', `${t}/often`], events });
}

/** What is not there is not opened. */
function missing(t: string): Observed {
  return observedScenario('a file that is not there', {
    hook,
    attempt: ['open', `${t}/missing`, 'r'],
    events: [],
    free: 2,
  });
}
