// SPDX-License-Identifier: Apache-2.0
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InjectedFault, type FaultKind } from '../fault.js';
import { type Lab, loadArgs, soakKernel, soakObject } from '../lab.js';
import type { Random } from '../random.js';
import type { Ended } from '../running.js';

/** A few bytes of a file changed, or its end cut. */
function mutate(bytes: Buffer, random: Random): Buffer {
  const copy = Buffer.from(bytes);
  if (random.between(0, 5) === 0) return copy.subarray(0, random.between(0, copy.length));
  for (let left = random.between(1, 6); left > 0; left--) {
    // Half of them in the headers, where every byte means something.
    const at = random.between(0, 1) === 0 ? random.between(0, 63) : random.between(0, copy.length - 1);
    copy[at] = random.between(0, 255);
  }
  return copy;
}

function malformedObject(random: Random): InjectedFault {
  const seed = random.between(0, 1_000_000);
  return {
    what: `an object with bytes changed, ${seed}`,
    ends: { codes: [0, 1, 2], passes: 'its own' },
    inject: async (lab) => {
      const path = join(lab.folder, 'mutated.bpf.o');
      await writeFile(path, mutate(await readFile(soakObject), random));
      return lab.start({ args: [...loadArgs, '--object', path, '--out', lab.out] }).ended;
    },
  };
}

const config = JSON.stringify(
  {
    objects: [{ path: soakObject, name: 'healthy' }],
    kernels: [soakKernel],
    agent: { binary: 'build/agent/aegis-agent', object: 'build/aegis.bpf.o', args: ['--policy', '{policy}'] },
  },
  null,
  1,
);

function malformedConfig(random: Random): InjectedFault {
  const cut = random.between(0, config.length);
  const more = random.oneOf(['', '{', '"', ']', ',', 'null', '\0', '{"a":'.repeat(2000), '[1]', '"x":1', '__proto__']);
  const text = config.slice(0, cut) + more + config.slice(cut + random.between(0, 12));
  return {
    what: `a configuration with ${JSON.stringify(more).slice(0, 12)} at ${cut}`,
    ends: { codes: [0, 1, 2], passes: 'its own' },
    inject: async (lab) => {
      const path = join(lab.folder, 'mutated.json');
      await writeFile(path, text);
      return lab.start({ args: [...loadArgs, '--object', soakObject, '--config', path, '--out', lab.out] }).ended;
    },
  };
}

/** What a program does as root of the guest, and how `command` may end. */
const programs: readonly [readonly [string, readonly number[]], ...(readonly [string, readonly number[]])[]] = [
  ['cat /dev/zero', [1, 3]],
  ['yes', [1, 3]],
  ['yes >&2', [1, 3]],
  ['cat /dev/urandom', [1, 3]],
  ['head -c 300000000 /dev/zero', [0, 1, 3]],
  ['i=0; while [ $i -lt 3000 ]; do echo "::error::$i"; i=$((i+1)); done', [0]],
  ['f() { f | f & }; f; sleep 30', [0, 1, 3]],
  // It does not kill itself.
  ['kill -9 -1', [0, 1, 3]],
  ['kill -STOP 1; kill -9 1; exit 3', [1, 3]],
  ['for d in /proc /sys /dev; do umount -l $d; done; exit 3', [1, 3]],
  ['mount -t tmpfs none /command; exit 3', [1, 3]],
  ['echo b > /proc/sysrq-trigger; sleep 30', [1, 3]],
  ['echo c > /proc/sysrq-trigger; sleep 30', [1, 3]],
  ['poweroff -f; sleep 30', [1, 3]],
  ['dd if=/dev/zero of=/fill bs=1M; exit 3', [1, 3]],
  ['for p in /dev/vport*; do cat /dev/urandom > $p & done; sleep 10; exit 3', [1, 3]],
  ['printf "BPMX\\002\\000\\002\\000" > /dev/vport0p1; sleep 5; exit 3', [1, 3]],
  ['exit 3', [1]],
];

function hostileProgram(random: Random): InjectedFault {
  const [script, codes] = random.oneOf(programs);
  return {
    what: `a program of the guest: ${script.slice(0, 60)}`,
    ends: { codes, passes: 'its own' },
    inject: (lab) => commandRun(lab, script),
  };
}

async function commandRun(lab: Lab, script: string): Promise<Ended> {
  const folder = join(lab.folder, 'program');
  await mkdir(folder, { recursive: true });
  const path = join(folder, 'hostile.sh');
  await writeFile(path, `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const args = ['command', '--kernel', soakKernel, '--accel', 'tcg', '--timeout', '20s', '--with-libs'];
  return lab.start({ args: [...args, '--out', lab.out, '--', path], deadline: 120_000 }).ended;
}

export const inputKinds: readonly FaultKind[] = [
  { name: 'object', about: 'objects with bytes changed or cut', share: 10, choose: malformedObject },
  { name: 'config', about: 'configurations with text changed', share: 6, choose: malformedConfig },
  {
    name: 'hostile',
    about: 'programs that are root in the guest: bombs, forged frames, kills',
    share: 12,
    choose: hostileProgram,
  },
];
