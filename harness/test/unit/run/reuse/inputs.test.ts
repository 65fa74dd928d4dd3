// SPDX-License-Identifier: Apache-2.0
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Contract } from '../../../../contracts/contract.js';
import { contractNamed } from '../../../../contracts/registry.js';
import { type CheckClass, environments } from '../../../../model/check.js';
import { everyScenario } from '../../../../plan/scenario-filter.js';
import { offerOfAll } from '../../../../scenarios/catalogue.js';
import { probePrograms } from '../../../../scenarios/probe.js';
import { plannedShares, type Share } from '../../../../scenarios/shares.js';
import type { SessionPlan } from '../../../../run/machine-session.js';
import { dataDigest } from '../../../../run/reuse/digest.js';
import { sessionKeys } from '../../../../run/reuse/keys.js';
import { loadInputs, type SessionInputs, shareInputs, type ShareQuestion } from '../../../../run/reuse/inputs.js';
import { observerAgent } from '../../contracts/fixture/observer.js';
import { identityOfObject } from '../../../fixtures/report-parts.js';
import { FakeHost } from '../fixture/host.js';
import type { Target } from '../../../../target.js';

/*
 * One test for each thing that a session's answer depends on: it is changed, and the session is another one. A field of the
 * context that nobody has thought of is a type error in inputs.ts.
 */

const config = 'CONFIG_VIRTIO_PCI=y\nCONFIG_VIRTIO_CONSOLE=y\n';

let host: FakeHost;
beforeEach(async () => {
  host = await FakeHost.open();
  await mkdir(host.at('probe'));
  await writeFile(host.at('config'), config);
  for (const { name } of Object.values(probePrograms)) await writeFile(host.at(`probe/${name}`), name);
});
afterEach(() => host.close());

const aegis = contractNamed('aegis');
const all = { classes: new Set(['file', 'exec', 'posture'] as const), scenarios: everyScenario };

function planOf(more: Partial<SessionPlan> = {}): SessionPlan {
  const context = more.context ?? host.context();
  const kernel = host.kernel('6.1');
  return {
    kernel: { ...kernel, files: { ...kernel.files, config: host.at('config') } },
    accelFor: () => Promise.resolve('tcg'),
    context,
    lsm: context.lsm,
    name: 'lsm',
    ...more,
  };
}

function sharesOf(contract: Contract, environment = environments[0]): readonly [Share, ...Share[]] {
  const [first, ...rest] = plannedShares({ contract, environment, agent: offerOfAll(contract) }, all);
  if (first === undefined) throw new Error('nothing is planned');
  return [first, ...rest];
}

function questionOf(more: Partial<ShareQuestion> = {}): ShareQuestion {
  const known = { refused: new Map(), hasComeUp: false };
  const [share] = sharesOf(aegis);
  return { agent: observerAgent, contract: aegis, environment: 'lsm', classes: all.classes, share, known, ...more };
}

const code = (text = 'the code'): Promise<string> => Promise.resolve(text);

async function keyOf(inputs: Promise<SessionInputs | null>): Promise<string> {
  const read = await inputs;
  if (read === null) throw new Error('no inputs');
  return sessionKeys(read).key;
}

async function inputsOf(question = questionOf()): Promise<SessionInputs> {
  const read = await shareInputs(planOf(), question, code());
  if (read === null) throw new Error('no inputs');
  return read;
}

/** Classes in which two differ; null where they differ in anything else. */
function differing(one: SessionInputs, other: SessionInputs): readonly string[] | null {
  if (sessionKeys(one).base !== sessionKeys(other).base) return null;
  const names = new Set([...Object.keys(one.classes), ...Object.keys(other.classes)]);
  return [...names].filter((name) => one.classes[name] !== other.classes[name]);
}

const shareKey = (plan = planOf(), question = questionOf(), by = code()): Promise<string> =>
  keyOf(shareInputs(plan, question, by));
const loadKey = (plan = planOf(), by = code()): Promise<string> => keyOf(loadInputs(plan, by));

const object = (text: string) => ({ identity: identityOfObject('one', []), bytes: Buffer.from(text), fault: null });

describe('the same session', () => {
  it('has the same inputs, wherever it runs and whoever judges it', async () => {
    const elsewhere = host.context({
      out: host.at('other'),
      cache: host.at('cache2'),
      debug: () => 1,
      emit: () => undefined,
    });
    const expectations = { scope: 'part', entries: [] } as const;
    expect(await shareKey(planOf({ context: { ...elsewhere, expectations } }))).toBe(await shareKey());
    expect(await loadKey(planOf({ context: { ...elsewhere, expectations } }))).toBe(await loadKey());
  });
});

describe('either session is another one', () => {
  const changes: Readonly<Record<string, () => Promise<Partial<SessionPlan>> | Partial<SessionPlan>>> = {
    'with another kernel image': () => {
      const { files, identity, status } = planOf().kernel;
      return { kernel: { status, files, identity: { ...identity, imageSha256: 'f'.repeat(64) } } };
    },
    'with another release': () => {
      const { files, identity, status } = planOf().kernel;
      return { kernel: { status, files, identity: { ...identity, release: '6.1.0-other' } } };
    },
    'of a kernel of another name': () => ({ kernel: { ...planOf().kernel, identity: host.kernel('6.2').identity } }),
    'with another kernel configuration': async () => {
      await writeFile(host.at('config2'), `${config}CONFIG_BPF_LSM=y\n`);
      return { kernel: { ...planOf().kernel, files: { ...planOf().kernel.files, config: host.at('config2') } } };
    },
    'under another accelerator': () => ({ accelFor: () => Promise.resolve('kvm') }),
    'with another LSM list': () => ({ lsm: ['bpf'] }),
    'with more on the command line': () => ({ context: host.context({ append: ['quiet'] }) }),
    'with more memory': () => ({ context: host.context({ memory: 2 }) }),
    'with more processors': () => ({ context: host.context({ cpus: 2 }) }),
    'with another deadline': () => ({ context: host.context({ timeout: 20_000 }) }),
    'outside of its sandbox': () => ({ context: host.context({ sandbox: !host.context().sandbox }) }),
    'with another version of QEMU': () => ({ context: host.context({ qemuVersion: '9.9.10' }) }),
    'with another QEMU of the same version': async () => {
      await host.qemu('echo another');
      return {};
    },
    'with another guest program': async () => {
      await writeFile(host.at('guest/init'), '\x7fELF and other bytes', 'latin1');
      return {};
    },
  };

  it.each(Object.entries(changes))('%s', async (_, change) => {
    const before = [await shareKey(), await loadKey()];
    const { base } = sessionKeys(await inputsOf());
    const plan = planOf(await change());
    const after = [await shareKey(plan), await loadKey(plan)];
    expect(after[0]).not.toBe(before[0]);
    expect(after[1]).not.toBe(before[1]);
    // In more than its classes: nothing of it is asked apart.
    const inputs = await shareInputs(plan, questionOf(), code());
    expect(inputs === null ? null : sessionKeys(inputs).base).not.toBe(base);
  });

  it('by other code', async () => {
    expect(await shareKey(planOf(), questionOf(), code('other code'))).not.toBe(await shareKey());
    expect(await loadKey(planOf(), code('other code'))).not.toBe(await loadKey());
  });
});

describe('the session that loads is another one', () => {
  it.each<[string, () => Partial<SessionPlan['context']>]>([
    ['with another object', () => ({ objects: [object('other bytes')] })],
    ['with one object more', () => ({ objects: [object('bytes'), object('bytes')] })],
    [
      'with what the configuration gives the object',
      () => ({ objects: [{ ...object('bytes'), targets: [{ bytes: Buffer.from('t'), sha256: '0' }] }] }),
    ],
    ['without a capability', () => ({ withoutCapabilities: ['perfmon'] })],
    ['with some of the programs', () => ({ programs: ['deny_*'] })],
  ])('%s', async (_, more) => {
    const objects = [object('bytes')];
    const before = await loadKey(planOf({ context: host.context({ objects }) }));
    expect(await loadKey(planOf({ context: host.context({ objects, ...more() }) }))).not.toBe(before);
  });
});

describe('the session that proves a share is another one', () => {
  const upload = (text: string) => ({ path: '/observer/observer', mode: 0o755, bytes: Buffer.from(text) });
  it.each<[string, () => Partial<ShareQuestion>]>([
    ['with other bytes of the agent', () => ({ agent: { ...observerAgent, uploads: [upload('other')] } })],
    [
      'with a library more',
      () => ({ agent: { ...observerAgent, uploads: [upload(''), { ...upload(''), path: '/lib/x.so' }] } }),
    ],
    ['with another command line', () => ({ agent: { ...observerAgent, run: ['{binary}', 'deny'] } })],
    ['with another environment', () => ({ agent: { ...observerAgent, env: { A: 'b' } } })],
    [
      'with another line that means ready',
      () => ({ agent: { ...observerAgent, ready: { ...observerAgent.ready, pattern: /x/ } } }),
    ],
    ['with other claims', () => ({ agent: { ...observerAgent, rules: new Set(['deny_path'] as const) } })],
    ['of another contract', () => ({ contract: contractNamed('audit') })],
    ['in another environment', () => ({ environment: 'no-lsm' })],
    ['with other classes', () => ({ classes: new Set(['file'] as const) })],
    ['with other proofs', () => ({ share: { ...sharesOf(aegis)[0], proofs: sharesOf(aegis)[0].proofs.slice(1) } })],
    ['that does not lead', () => ({ share: { ...sharesOf(aegis)[0], leads: false } })],
    ['after an agent that came up', () => ({ known: { refused: new Map(), hasComeUp: true } })],
    [
      'after an agent that refused a rule',
      () => ({ known: { refused: new Map([['deny_ip', 'a phase']] as const), hasComeUp: false } }),
    ],
  ])('%s', async (_, more) => {
    expect(await shareKey(planOf(), questionOf(more()))).not.toBe(await shareKey());
    expect(differing(await inputsOf(), await inputsOf(questionOf(more())))).toBeNull();
  });

  it('under another name, by which its files are kept', async () => {
    expect(await shareKey(planOf({ name: 'lsm.2' }))).not.toBe(await shareKey());
  });

  it.each(Object.values(probePrograms))('with another $name of the probe', async ({ name }) => {
    const before = await shareKey();
    await writeFile(host.at(`probe/${name}`), 'other bytes');
    expect(await shareKey()).not.toBe(before);
  });

  it('with an edited scenario, a rule or a file of its class', async () => {
    const before = await shareKey();
    const edits: readonly ((content: object) => object)[] = [
      (content) => ({ ...content, inodes: ['/t/more'] }),
      (content) => ({ ...content, arrange: [['write', '/t/more', 'x']] }),
      (content) => ({ ...content, scenarios: [] }),
      (content) => ({ ...content, rules: () => ({ deny_path: ['/t/more'] }) }),
    ];
    for (const edit of edits) {
      const share = edited(sharesOf(aegis)[0], edit);
      expect(await shareKey(planOf(), questionOf({ share }))).not.toBe(before);
    }
  });

  it('with a rule about another inode', async () => {
    const [first] = sharesOf(aegis);
    const about = (path: string) =>
      edited(first, (content) => ({
        ...content,
        rules: (inode: (path: string) => object) => ({ deny_inode: [inode(path)] }),
      }));
    expect(await shareKey(planOf(), questionOf({ share: about('/a') }))).not.toBe(
      await shareKey(planOf(), questionOf({ share: about('/b') })),
    );
  });
});

describe('an edited class is asked alone', () => {
  const one = (name: CheckClass, edit: (content: object) => object, share = sharesOf(aegis)[0]) =>
    edited(share, (content, of) => (of === name ? edit(content) : content));
  const difference = async (share: Share, was = sharesOf(aegis)[0]) =>
    differing(await inputsOf(questionOf({ share: was })), await inputsOf(questionOf({ share })));

  it.each<[string, (content: object) => object]>([
    ['an attempt less', (content) => ({ ...content, scenarios: [] })],
    ['a file more in its own folder', (content) => ({ ...content, arrange: [['write', '/t/PHASE/exec/more', 'x']] })],
    ['another file by its inode', (content) => ({ ...content, inodes: ['/t/PHASE/exec/more'] })],
  ])('with %s', async (_, edit) => {
    expect(await difference(one('exec', edit))).toEqual(['exec']);
  });

  it.each<[string, (content: object) => object]>([
    // The policy has the rules of all, and one may hide another, or be one too many.
    ['another rule', (content) => ({ ...content, rules: () => ({ deny_port: ['80'] }) })],
    ['no rule', (content) => ({ ...content, rules: () => ({}) })],
    [
      'a file in the folder of another class',
      (content) => ({ ...content, arrange: [['write', '/t/PHASE/file/x', 'x']] }),
    ],
    ['a file beside its folder', (content) => ({ ...content, arrange: [['write', '/t/PHASE/exec-more', 'x']] })],
    ['an attempt in another folder', (content) => ({ ...content, scenarios: [{ attempt: ['open', '/t/x', 'r'] }] })],
  ])('but not with %s: then everything is another question', async (_, edit) => {
    expect(await difference(one('exec', edit))).toBeNull();
  });

  it('but not where the hooks of all are looked at together', async () => {
    const audit = contractNamed('audit');
    const [was] = sharesOf(audit);
    const share = one('file', (content) => ({ ...content, inodes: ['/t/PHASE/file/more'] }), was);
    const ask = (asked: Share) => inputsOf(questionOf({ contract: audit, share: asked }));
    expect(differing(await ask(was), await ask(share))).not.toEqual([]);
    expect((await ask(was)).common['proofs']).not.toBe((await ask(share)).common['proofs']);
  });

  it('and each class of attempts is one, of ours as they are', async () => {
    expect(Object.keys((await inputsOf()).classes).sort()).toEqual(['exec', 'file', 'posture']);
  });
});

function edited(share: Share, edit: (content: object, of: CheckClass) => object): Share {
  return {
    ...share,
    proofs: share.proofs.map((picked) => ({
      ...picked,
      classes: picked.classes.map((one) => ({
        ...one,
        in: (folder: string, target: Target) => edit(one.in(folder, target), one.class) as ReturnType<typeof one.in>,
      })),
    })) as unknown as Share['proofs'],
  };
}

describe('what cannot be said to be the same', () => {
  it('is a session of a program that was not bundled, of another backend, and of one that remembers programs itself', async () => {
    const none = Promise.resolve(null);
    expect(await shareInputs(planOf(), questionOf(), none)).toBeNull();
    expect(await shareInputs(planOf(), questionOf())).toBeNull();
    const backend = { kind: 'virtme-ng', vng: 'vng', version: '1', wrapper: '/w' } as const;
    expect(await loadInputs(planOf({ context: host.context({ backend }) }), code())).toBeNull();
    const memoOf = () => ({}) as never;
    expect(await loadInputs(planOf({ context: host.context({ memoOf }) }), code())).toBeNull();
  });

  it('throws for a QEMU that is not there', async () => {
    const context = host.context({ qemu: join(host.folder, 'no-qemu') });
    await expect(loadInputs(planOf({ context }), code())).rejects.toThrow('no-qemu');
  });
});

it.each(['aegis', 'audit'])('all that %s asks of a machine is data', (name) => {
  const contract = contractNamed(name);
  for (const { environment } of contract.environments) {
    for (const share of plannedShares(
      { contract, environment, agent: offerOfAll(contract) },
      { ...all, classes: new Set(contract.environments.flatMap(({ classes }) => classes)) },
    )) {
      expect(share.proofs.map(({ proof }) => dataDigest(proof))).toHaveLength(share.proofs.length);
    }
  }
});
