// SPDX-License-Identifier: Apache-2.0
import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { getFile, putFile } from '../../guest/files.js';
import { type ProcessEnd, runInGuest, sendSignal, spawnInGuest, waitForProcess } from '../../guest/process.js';
import { type AgentEvent, decodeEvents } from '../../contracts/aegis/events.js';
import { type AgentVm, openAgentVm } from './agent-vm.js';

const SIGHUP = 1;
const SIGTERM = 15;
const denied = { errno: 1 };
const allowed = { errno: 0 };
const exempt = '/sys/fs/cgroup/exempt';

const enforce = ['--enforce', '--enforce-signal=none'];
const files = (...names: readonly string[]): string =>
  `version=1\n[allow_cgroup]\n/exempt\n[deny_path]\n${names.join('\n')}\n`;

const at = { policy: '/aegis/policy', second: '/aegis/second.policy', events: '/aegis/second.jsonl' };

/** Opens `path` in a tight loop; finish() gives how often that succeeded, and whether it was denied at all. */
async function watch(vm: AgentVm, path: string) {
  const argv = ['/aegis/attempt', 'watch', '/dev/null', '-', path, '60000'] as const;
  await putFile(vm.guest, '/aegis/watched', '');
  const pid = await spawnInGuest(vm.guest, { argv, stdout: '/aegis/watched' });
  return async (): Promise<{ readonly opened: number; readonly denied: boolean }> => {
    await sendSignal(vm.guest, pid, SIGTERM);
    await waitForProcess(vm.guest, pid, 10_000);
    const text = (await getFile(vm.guest, '/aegis/watched')).toString();
    const seen = JSON.parse(text) as { openedAfter: number; deniedAfter: number };
    return { opened: seen.openedAfter, denied: seen.deniedAfter > 0 };
  };
}

async function eventsOf(vm: AgentVm, path: string): Promise<readonly AgentEvent[]> {
  const text = (await getFile(vm.guest, path)).toString();
  return decodeEvents(text.slice(0, text.lastIndexOf('\n') + 1));
}

/** Another agent, which is to take over, until it has announced a state or ended. */
async function takeOver(
  vm: AgentVm,
  policy: string,
  { flags = enforce, agent = '/aegis/aegis-agent' }: { flags?: readonly string[]; agent?: string } = {},
): Promise<{ readonly pid: number; readonly end: ProcessEnd | null }> {
  await putFile(vm.guest, at.second, policy);
  await putFile(vm.guest, at.events, '');
  const pid = await spawnInGuest(vm.guest, {
    argv: [agent, 'run', ...flags, '--takeover', '--policy', at.second],
    env: { AEGIS_CAPABILITIES_REPORT_PATH: '/aegis/capabilities.json', AEGIS_BPF_OBJ: '/aegis/aegis.bpf.o' },
    stdout: at.events,
  });
  for (;;) {
    const state = await waitForProcess(vm.guest, pid, 50);
    if (state.kind !== 'running') return { pid, end: state };
    if ((await eventsOf(vm, at.events)).some(({ type }) => type === 'state_change')) return { pid, end: null };
  }
}

async function stop(vm: AgentVm, pid: number): Promise<void> {
  await sendSignal(vm.guest, pid, SIGTERM);
  expect(await waitForProcess(vm.guest, pid, 10_000)).toEqual({ kind: 'exited', status: 0 });
}

/** `policy_generation` of the one agent_config there is. */
async function generation(vm: AgentVm): Promise<number> {
  const { stdout } = await runInGuest(vm.guest, {
    argv: ['/aegis/oracle', 'snapshot'],
    cgroup: exempt,
    timeout: 20_000,
  });
  const { config } = JSON.parse(stdout.toString()) as { config: string };
  return Buffer.from(config, 'hex').readUInt32LE(32);
}

const stateChanges = (events: readonly AgentEvent[]) => events.filter(({ type }) => type === 'state_change');

describe('a running agent on 6.12', () => {
  let vm: AgentVm;
  beforeAll(async () => {
    vm = await openAgentVm('6.12');
    for (const name of ['held', 'first', 'second']) await vm.put(`/t/${name}`, 'x'.repeat(4096));
    await vm.attempt(['mkdir', exempt]);
  });
  afterAll(() => vm.stop());

  /** Asks the running agent to read `policy`, and waits for what it reports. */
  async function reload(policy: string): Promise<AgentEvent | undefined> {
    const before = stateChanges(await vm.events()).length;
    await vm.put(at.policy, policy);
    await vm.hangUp();
    for (const end = Date.now() + 20_000; Date.now() < end;) {
      const changes = stateChanges(await vm.events());
      if (changes.length > before) return changes.at(-1);
    }
    throw new Error('nothing reported within 20 s');
  }

  it('is taken over without a moment in which a denied open succeeds', async () => {
    await vm.start(enforce, { policy: files('/t/held', '/t/first') });
    expect(await generation(vm)).toBe(1);
    const finish = await watch(vm, '/t/held');
    const successor = await takeOver(vm, files('/t/held', '/t/second'));
    expect(successor.end).toBeNull();
    expect(await vm.ended()).toEqual({ kind: 'exited', status: 0 });
    expect(await vm.attempt(['open', '/t/second', 'r'])).toEqual(denied);
    expect(await vm.attempt(['open', '/t/first', 'r'])).toEqual(allowed);
    expect(await finish()).toEqual({ opened: 0, denied: true });
    expect(await generation(vm)).toBe(2);
    expect(await vm.report()).toMatchObject({ runtime_state: 'ENFORCE', pid: successor.pid });
    expect(stateChanges(await eventsOf(vm, at.events))).toMatchObject([{ state: 'ENFORCE', reason: 'TAKEOVER' }]);
    await stop(vm, successor.pid);
    expect(await vm.attempt(['open', '/t/held', 'r'])).toEqual(allowed);
  });

  it('refuses to map a file that was opened where it may be', async () => {
    const mapping = ['map-opened', '/t/held'];
    expect(await vm.attempt(mapping, exempt)).toEqual(allowed);
    await vm.start(enforce, { policy: files('/t/held') });
    expect(await vm.attempt(mapping, exempt)).toEqual(denied);
    expect(await vm.attempt(['map-opened', '/t/first'], exempt)).toEqual(allowed);
    const { events } = await vm.end();
    expect(events.filter(({ type }) => type === 'block')).toMatchObject([{ rule: 'inode', action: 'BLOCK' }]);
  });

  it('is left alone by a successor that cannot enforce', async () => {
    const first = await vm.start(enforce, { policy: files('/t/held') });
    const finish = await watch(vm, '/t/held');
    const malformed = await takeOver(vm, 'version=1\n[nonsense]\n');
    expect(malformed.end).toEqual({ kind: 'exited', status: 1 });
    await vm.put('/aegis/no-bpf', 'landlock');
    const flags = [...enforce, '--enforce-gate-mode=audit-fallback'];
    expect(await vm.startBeside([...flags, '--takeover'], { AEGIS_LSM_PATH: '/aegis/no-bpf' })).toEqual({
      kind: 'exited',
      status: 1,
    });
    const refused = JSON.parse(
      (await getFile(vm.guest, '/aegis/capabilities.json.second-instance')).toString(),
    ) as unknown;
    expect(refused).toMatchObject({ runtime_state: 'DEGRADED' });
    expect(await vm.report()).toEqual(first);
    expect(await finish()).toEqual({ opened: 0, denied: true });
    expect((await vm.end()).end).toEqual({ kind: 'exited', status: 0 });
  });

  it('puts a new policy in the place of the old one, and a rule of both is in force all the while', async () => {
    await vm.start(enforce, { policy: files('/t/first', '/t/held', '/t/later') });
    const finish = await watch(vm, '/t/held');
    const more = Array.from({ length: 500 }, (_, index) => `10.1.${index >> 8}.${index & 255}`).join('\n');
    const change = await reload(`${files('/t/second', '/t/held', '/t/later')}[deny_ip]\n${more}\n`);
    expect(change).toMatchObject({ state: 'ENFORCE', reason: 'POLICY_APPLIED' });
    expect(await generation(vm)).toBe(2);
    expect(await vm.attempt(['open', '/t/second', 'r'])).toEqual(denied);
    expect(await vm.attempt(['open', '/t/first', 'r'])).toEqual(allowed);
    expect(await vm.attempt(['connect', '10.1.1.7', '80', 'udp'])).toEqual(denied);
    // A path that leads nowhere yet, in both policies.
    expect(await vm.attempt(['open', '/t/later', 'wc'], exempt)).toEqual(allowed);
    expect(await vm.attempt(['open', '/t/later', 'r'])).toEqual(denied);

    expect(await reload(files('/t/held'))).toMatchObject({ reason: 'POLICY_APPLIED' });
    expect(await vm.attempt(['connect', '10.1.1.7', '80', 'udp'])).not.toEqual(denied);
    expect(await vm.attempt(['open', '/t/later', 'r'])).toEqual(allowed);
    expect(await finish()).toEqual({ opened: 0, denied: true });
    expect(await vm.report()).toMatchObject({ runtime_state: 'ENFORCE', error: null, policy: { rules: 1 } });
    expect(await generation(vm)).toBe(3);
  });

  it.each([
    ['a malformed policy', 'version=1\n[deny_ip]\nnonsense\n', /^\/aegis\/policy:3: /],
    ['a cgroup that is not there', 'version=1\n[allow_cgroup]\n/none\n', /^line 3: \/none: /],
    ['no policy', '', /the policy is empty/],
  ])('%s: the old one is kept, and that is reported', async (_, policy, error) => {
    expect(await reload(policy)).toMatchObject({ state: 'ENFORCE', reason: 'POLICY_INVALID' });
    const report = await vm.report();
    expect(report).toMatchObject({ runtime_state: 'ENFORCE', enforce_capable: true, policy: { rules: 1 } });
    expect(report.error).toMatch(error);
    expect(await generation(vm)).toBe(3);
    expect(await vm.attempt(['open', '/t/held', 'r'])).toEqual(denied);
  });

  it('a policy larger than the maps is refused whole', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => `10.2.${index >> 8}.${index & 255}`).join('\n');
    const change = await reload(`${files('/t/second')}[deny_ip]\n${many}\n`);
    expect(change).toMatchObject({ state: 'ENFORCE', reason: 'POLICY_FAILED' });
    expect(await vm.attempt(['open', '/t/second', 'r'])).toEqual(allowed);
    expect(await vm.attempt(['open', '/t/held', 'r'])).toEqual(denied);
    expect(await vm.attempt(['connect', '10.2.0.1', '80', 'udp'])).not.toEqual(denied);
  });

  it('a good policy after bad ones is applied', async () => {
    expect(await reload(files('/t/second'))).toMatchObject({ reason: 'POLICY_APPLIED' });
    expect(await vm.attempt(['open', '/t/held', 'r'])).toEqual(allowed);
    expect(await vm.attempt(['open', '/t/second', 'r'])).toEqual(denied);
    expect((await vm.report()).error).toBeNull();
    expect(await generation(vm)).toBe(4);
    await vm.end();
  });

  it('a policy that needs a hook which is not attached is refused', async () => {
    const btf = await getFile(vm.guest, '/sys/kernel/btf/vmlinux');
    btf.write('\0bpf_lsm_socket_connecs\0', btf.indexOf(Buffer.from('\0bpf_lsm_socket_connect\0')));
    await putFile(vm.guest, '/aegis/btf', btf);
    await vm.start(enforce, { policy: files('/t/held'), env: { AEGIS_BTF_VMLINUX_PATH: '/aegis/btf' } });
    const change = await reload(`${files('/t/second')}[deny_ip]\n127.0.0.2\n`);
    expect(change).toMatchObject({ state: 'ENFORCE', reason: 'NETWORK_HOOK_UNAVAILABLE' });
    expect(await vm.attempt(['open', '/t/held', 'r'])).toEqual(denied);
    expect(await vm.attempt(['open', '/t/second', 'r'])).toEqual(allowed);
    await vm.end();
  });

  describe('the same checks on faulty agents', () => {
    const faulty = async (name: string): Promise<string> => {
      await putFile(vm.guest, `/aegis/agent-${name}`, await readFile(`build/selftest/agent-${name}`), 0o755);
      return `/aegis/agent-${name}`;
    };

    it('see the window of a takeover that ends the old agent first', async () => {
      await vm.start(enforce, { policy: files('/t/held') });
      const finish = await watch(vm, '/t/held');
      const { pid } = await takeOver(vm, files('/t/held'), { agent: await faulty('restart-window') });
      expect((await finish()).opened).toBeGreaterThan(0);
      expect(await vm.ended()).toEqual({ kind: 'exited', status: 0 });
      await stop(vm, pid);
    });

    it('see the window of a reload that clears the rules first', async () => {
      const agent = await faulty('silent-reload');
      const { pid } = await takeOver(vm, files('/t/held'), { agent });
      const finish = await watch(vm, '/t/held');
      await sendSignal(vm.guest, pid, SIGHUP);
      for (let changes = 0; changes < 2;) changes = stateChanges(await eventsOf(vm, at.events)).length;
      expect((await finish()).opened).toBeGreaterThan(0);
      await stop(vm, pid);
    });
  });
});
