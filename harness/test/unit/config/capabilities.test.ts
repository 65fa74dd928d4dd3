// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { LoaderFlags } from '../../../cli/loader-flags.js';
import { loaderFromFlags } from '../../../cli/loader.js';
import { parseCapabilities } from '../../../config/values.js';
import { capabilities } from '../../../model/capability.js';

const parse = (...texts: string[]) => parseCapabilities('--without-capability', texts);

it('takes names as people write them, in the order of their numbers', () => {
  expect(parse('perfmon,sys_admin')).toEqual(['sys_admin', 'perfmon']);
  expect(parse('CAP_BPF, perfmon', 'bpf')).toEqual(['perfmon', 'bpf']);
  expect(parse()).toEqual([]);
});

it('has the numbers of capability.h', () => {
  const numbers = { net_admin: 12, sys_admin: 21, setfcap: 31, perfmon: 38, bpf: 39, checkpoint_restore: 40 } as const;
  for (const [name, number] of Object.entries(numbers)) expect(capabilities[number]).toBe(name);
});

it.each(['', 'perfmon,', 'perf', '38', 'perfmon sys_admin'])('refuses %j', (text) => {
  expect(() => parse(text)).toThrow(/--without-capability takes names of capabilities/);
});

it('says what the loader lacks, and what it still may because of CAP_SYS_ADMIN', async () => {
  const loader = (flags: LoaderFlags) => loaderFromFlags(flags, new AbortController().signal);
  expect((await loader({ withoutCapability: ['perfmon,sys_admin'] })).notices).toEqual([
    'objects are loaded without CAP_SYS_ADMIN, CAP_PERFMON',
  ]);
  expect((await loader({ withoutCapability: ['perfmon', 'kill'] })).notices).toEqual([
    'objects are loaded without CAP_KILL, CAP_PERFMON',
    expect.stringMatching(/^CAP_SYS_ADMIN stands for CAP_PERFMON: name sys_admin, too/),
  ]);
  expect(await loader({})).toEqual({
    withoutCapabilities: [],
    notices: [],
    build: { folder: join(process.cwd(), 'build'), libbpfSource: null },
  });
});
