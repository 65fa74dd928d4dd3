// SPDX-License-Identifier: Apache-2.0
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadModule } from '../../guest/modules.js';
import { type AgentVm, openAgentVm } from './agent-vm.js';

const ok = { errno: 0 };
const denied = { errno: 1 };

/** A rule on the lower file, and one on the overlay's own. */
const policy = 'version=1\n[deny_path]\n/t/lower/secret\n/t/merged/over\n';

/** An overlay has an inode of its own for each file, and a copy-up gives the file another one below it. */
describe.each(['6.1', '6.12'])('an overlay on %s', (kernel) => {
  let vm: AgentVm;
  beforeAll(async () => {
    vm = await openAgentVm(kernel);
    await loadModule(vm.guest, '/modules/extra/overlay.ko');
    for (const name of ['lower/secret', 'lower/over', 'lower/free', 'lower/free2', 'upper/x', 'work/x', 'merged/x']) {
      await vm.put(`/t/${name}`, 'content');
    }
    await vm.attempt(['mkdir', '/t/fs']);
    expect(await vm.attempt(['overlay', '/t/lower', '/t/upper', '/t/work', '/t/merged'])).toEqual(ok);
    const report = await vm.start(['--enforce', '--enforce-signal=none'], { policy });
    expect(report.runtime_state).toBe('ENFORCE');
  });
  afterAll(() => vm.stop());

  it.each([
    ['open /t/merged/secret r', 'the lower file, read through the overlay'],
    ['open /t/merged/secret w', 'a write, which would copy it up'],
    ['open /t/merged/over r', "the overlay's own file"],
    ['chmod /t/merged/over', 'a copy-up without any open'],
    ['truncate /t/merged/over', 'truncate'],
    ['rename /t/merged/over /t/merged/moved', 'rename'],
    ['unlink /t/merged/over', 'unlink'],
    ['link /t/merged/over /t/merged/linked', 'link'],
  ])('%s is denied: %s', async (attempt) => {
    expect(await vm.attempt(attempt.split(' '))).toEqual(denied);
  });

  it('its neighbours are not', async () => {
    expect(await vm.attempt(['open', '/t/merged/free', 'r'])).toEqual(ok);
    expect(await vm.attempt(['chmod', '/t/merged/free'])).toEqual(ok);
    expect(await vm.attempt(['truncate', '/t/merged/free2'])).toEqual(ok);
    expect(await vm.attempt(['unlink', '/t/merged/free2'])).toEqual(ok);
  });

  it('the same succeeds without the agent', async () => {
    await vm.end();
    for (const attempt of ['open /t/merged/secret w', 'open /t/merged/over r', 'chmod /t/merged/over']) {
      expect([attempt, await vm.attempt(attempt.split(' '))]).toEqual([attempt, ok]);
    }
  });
});
