// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { kernelOf, matrix, objectOf, reportOf, variant } from './matrix.js';
import { markOf, qemus } from './qemus.js';

let folder: string;
let vng: string;

/**
 * As much of vng as the backend leans on, where the real one is not installed: it takes the options apart, says `quiet`,
 * gives its own initrd and init first, and starts QEMU below a shell with nothing but the standard descriptors.
 */
const standIn = `#!/bin/bash
[ "$1" = --version ] && { echo 'virtme-ng 1.35'; exit; }
while [ $# -gt 0 ]; do
  case $1 in
    --run) kernel=$2; shift ;;
    --qemu) qemu=$2; shift ;;
    --append) append=$2; shift ;;
    --memory) memory=$2; shift ;;
    --cpus) cpus=$2; shift ;;
    --qemu-opts=*) opts=\${1#*=} ;;
    --name) shift ;;
  esac
  shift
done
exec 3<&- 4<&- 5<&-
sh -c "$qemu -machine q35 -m $memory -smp $cpus -echr 1 -vga none -display none -parallel none -net none \\
  -chardev stdio,id=console,signal=off -serial chardev:console -kernel $kernel \\
  -append 'quiet loglevel=1 $append init=/no/such/init' -initrd /dev/null $opts"
exit $?
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vng-vm-'));
  vng = join(folder, 'vng');
  await writeFile(vng, standIn);
  await chmod(vng, 0o755);
});
afterAll(() => rm(folder, { recursive: true }));

const mark = `vng-${process.pid}`;
const load = (...more: string[]) =>
  matrix(['--kernel', '6.12', '--only', 'load', '--accel', 'tcg', '--object', variant('layout_ternary'), ...more], {
    ...markOf(mark),
    BPF_MATRIX_VNG: vng,
  });

it('gives the same verdicts through vng, says so, and leaves no machine', async () => {
  const own = await load();
  const running = load('--backend', 'virtme-ng');
  await expect.poll(() => qemus(mark).length, { timeout: 60_000 }).toBe(1);
  const through = await running;
  expect([own.exitCode, through.exitCode]).toEqual([1, 1]);
  const reports = await Promise.all([reportOf(own), reportOf(through)]);
  const [mine, theirs] = reports.map((report) => objectOf(kernelOf(report, '6.12'), 'layout_ternary'));
  expect(theirs!.programs.map(({ name, verdict }) => [name, verdict])).toEqual(
    mine!.programs.map(({ name, verdict }) => [name, verdict]),
  );
  expect(reports[1].host.qemu).toContain('started by virtme-ng 1.35');
  const kernel = kernelOf(reports[1], '6.12');
  expect(kernel.status === 'ran' && kernel.boot.argv[0]).toBe(vng);
  expect(qemus(mark)).toEqual([]);
});

it('says that vng is missing before anything boots: exit 3', async () => {
  const run = await matrix(['--kernel', '6.12', '--backend', 'virtme-ng'], { BPF_MATRIX_VNG: '/no/such/vng' });
  expect([run.exitCode, run.stdout]).toEqual([3, '']);
  expect(run.stderr).toContain('there is no /no/such/vng');
});
