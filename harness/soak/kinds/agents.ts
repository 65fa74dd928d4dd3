// SPDX-License-Identifier: Apache-2.0
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultKind, InjectedFault } from '../fault.js';
import { soakKernel, soakObject } from '../lab.js';
import type { Random } from '../random.js';

/** A state that nobody has, announced as if it were so. */
const announcement =
  '{"type":"state_change","pid":2,"ppid":1,"start_time":9,"comm":"agent","cgid":1,"action":"AUDIT","state":"ENFORCE"}';

const honest = {
  schema_version: 1,
  runtime_state: 'ENFORCE',
  capability: 'Full',
  audit_only: false,
  enforce_capable: true,
  enforce_blockers: [],
  lsm_enabled: true,
  hooks: { lsm_file_open: 'attached', lsm_bprm_check_security: 'attached' },
  kernel_version: '6.12',
  requirements: {},
  requirements_met: {},
  policy: {},
};

const written = (text: string): string => `$B cat >"$R" <<'END'\n${text}\nEND`;
const announced = `echo '${announcement}'`;
const reported = written(JSON.stringify(honest));

/** `$B` is busybox, `$R` where the capability report belongs; it goes on running until it is stopped. */
const agents: readonly [readonly [string, string], ...(readonly [string, string])[]] = [
  ['claims to enforce and has loaded nothing', `${reported}; ${announced}`],
  ['a report with toString', `${written('{"runtime_state":{"toString":1}}')}; ${announced}`],
  ['a report of three million brackets', `$B yes '[' | $B head -n 3000000 | $B tr -d '\\n' >"$R"; ${announced}`],
  [
    'a report that is nested',
    `{ $B yes '{"hooks":' | $B head -n 300000; echo 1; $B yes '}' | $B head -n 300000; } >"$R"; ${announced}`,
  ],
  ['a report that is /dev/zero', `$B ln -s /dev/zero "$R"; ${announced}`],
  ['a report that is a sparse terabyte', `$B dd if=/dev/null of="$R" bs=1 seek=1099511627776 count=0; ${announced}`],
  ['a report that is a fifo', `$B mkfifo "$R"; ${announced}`],
  ['a report that is a folder', `$B mkdir "$R"; ${announced}`],
  ['a report of bytes', `$B head -c 100000 /dev/urandom >"$R"; ${announced}`],
  [
    'events that are none',
    `${reported}; ${announced}; for i in 1 2 3; do echo '{"type":{"toString":1},"action":[]}'; done`,
  ],
  ['an event of a hundred megabytes', `${reported}; ${announced}; $B head -c 100000000 /dev/zero | $B tr '\\0' x`],
  ['endless events', `${reported}; $B yes '${announcement}'`],
  ['endless zeros for events', `${reported}; ${announced}; $B cat /dev/zero`],
  ['an endless stderr', `${reported}; ${announced}; $B yes ::error::x >&2`],
  [
    'a probe that always says EPERM',
    `${reported}; ${announced}; $B mount -t tmpfs none /probe; for p in attempt oracle; do $B cp $B /probe/$p; done`,
  ],
  ['stops PID 1', `${reported}; ${announced}; $B kill -STOP 1; $B kill -9 1`],
  ['a fork bomb', `${reported}; ${announced}; f() { f | f & }; f`],
];

function hostileAgent(random: Random): InjectedFault {
  const [what, script] = random.oneOf(agents);
  return {
    what: `an agent: ${what}`,
    // It is the agent's fault whatever it is, unless it takes its machine along.
    ends: { codes: /bomb|PID 1/.test(what) ? [1, 3] : [1], passes: 'its own' },
    inject: async (lab) => {
      const [config, program] = [join(lab.folder, 'agent.json'), join(lab.folder, 'agent.sh')];
      await writeFile(program, `B=/agent/busybox\nR=$AEGIS_CAPABILITIES_REPORT_PATH\n${script}\n$B sleep 600\n`);
      await writeFile(config, JSON.stringify(configOf(program)));
      const args = ['--kernel', soakKernel, '--accel', 'tcg', '--only', 'exec', '--timeout', '3m'];
      return lab.start({ args: [...args, '--config', config, '--out', lab.out], deadline: 240_000 }).ended;
    },
  };
}

function configOf(program: string): unknown {
  return {
    agent: {
      name: 'hostile',
      object: join(process.cwd(), soakObject),
      binary: '/bin/busybox',
      files: { '/agent/run.sh': program },
      run: ['{binary}', 'sh', '/agent/run.sh'],
      rules: ['deny_path'],
      signals: [],
      fallback: false,
      auditFallback: false,
      hooks: ['file_open', 'bprm_check_security'],
      deadlines: { ready: '10s', stop: '5s' },
    },
  };
}

export const agentKinds: readonly FaultKind[] = [
  {
    name: 'agent',
    about: 'agents that are root: forged reports and events, bombs, a probe replaced',
    share: 10,
    choose: hostileAgent,
  },
];
