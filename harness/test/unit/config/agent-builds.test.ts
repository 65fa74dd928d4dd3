// SPDX-License-Identifier: Apache-2.0
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { agentChoices } from '../../../config/agent.js';
import { configuredObjects, readAgents } from '../../../config/agent-builds.js';
import { readConfig } from '../../../config/file.js';
import { conventions } from '../../../contracts/registry.js';
import { hostTarget, type Target, targetNamed, unnamedTarget } from '../../../target.js';

const arm = targetNamed('arm64') ?? unnamedTarget;
const both = [unnamedTarget, arm];
let folder: string;

/** A static program of the build, made one for another architecture by its header alone. */
async function program(name: string, target: Target): Promise<void> {
  const bytes = await readFile('build/agent/aegis-agent');
  bytes.writeUInt16LE(target.elfMachine, 18);
  await writeFile(join(folder, name), bytes);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agent-builds-test-'));
  await mkdir(join(folder, 'arm64'));
  await program('wardend', unnamedTarget);
  await program('arm64/wardend', arm);
  for (const name of ['warden.bpf.o', 'arm64/warden.bpf.o']) await copyFile('build/mini.bpf.o', join(folder, name));
});
afterAll(() => rm(folder, { recursive: true }));

const warden = { name: 'warden', object: 'warden.bpf.o', binary: 'wardend' };

async function choicesOf(agent: object | null) {
  const file = join(folder, 'matrix.config.json');
  await writeFile(file, JSON.stringify(agent === null ? {} : { agent }));
  return agentChoices(await readConfig(file, conventions), conventions);
}

const places = (targets: readonly Target[]) => ({
  root: process.cwd(),
  builtFor: (target: Target) => join(process.cwd(), target === hostTarget ? 'build' : `build/${target.name}`),
  configFile: 'c.json',
  folder,
  targets,
});

async function agentsOf(agent: object | null, targets: readonly Target[]) {
  const all = await readAgents(await choicesOf(agent), { ...places(targets), object: null });
  return all.map(({ identity, target }) => [identity.file.replace(`${folder}/`, ''), target.name]);
}

const objectsOf = async (agent: object | null, targets: readonly Target[]) =>
  configuredObjects(await choicesOf(agent), places(targets)).map(({ file, target }) => [
    file.replace(`${folder}/`, '').replace(`${process.cwd()}/`, ''),
    target?.name ?? null,
  ]);

describe('an agent of a configuration', () => {
  const builds = { arm64: { binary: 'arm64/wardend' } };

  it('is read for each architecture that kernels may have', async () => {
    expect(await agentsOf({ ...warden, builds }, both)).toEqual([
      ['wardend', 'x86_64'],
      ['arm64/wardend', 'arm64'],
    ]);
  });

  it('need not be there for an architecture that no kernel has', async () => {
    const missing = { arm64: { binary: 'nowhere' } };
    expect(await agentsOf({ ...warden, builds: missing }, [unnamedTarget])).toEqual([['wardend', 'x86_64']]);
    expect(await agentsOf({ ...warden, binary: 'nowhere', builds }, [arm])).toEqual([['arm64/wardend', 'arm64']]);
    await expect(agentsOf({ ...warden, builds: missing }, both)).rejects.toThrow('agent.builds.arm64.binary');
  });

  it('is one program where it has no builds, whatever it is for', async () => {
    expect(await agentsOf({ ...warden, binary: 'arm64/wardend' }, [unnamedTarget])).toEqual([
      ['arm64/wardend', 'arm64'],
    ]);
  });

  it('is refused where a build is for another architecture than it says, or for one twice', async () => {
    await expect(agentsOf({ ...warden, builds: { arm64: { binary: 'wardend' } } }, both)).rejects.toThrow(
      `c.json: agent.builds.arm64.binary: ${folder}/wardend is built for x86-64, not for AArch64`,
    );
    await expect(agentsOf({ ...warden, binary: 'arm64/wardend', builds }, both)).rejects.toThrow(
      `is built for AArch64, and so is agent.builds.arm64`,
    );
    await expect(agentsOf({ ...warden, builds: { riscv64: { binary: 'x' } } }, both)).rejects.toThrow('riscv64');
  });

  it('has one object for all kernels, or one for each', async () => {
    expect(await objectsOf({ ...warden, builds }, both)).toEqual([['warden.bpf.o', null]]);
    const apart = { arm64: { binary: 'arm64/wardend', object: 'arm64/warden.bpf.o' } };
    expect(await objectsOf({ ...warden, builds: apart }, both)).toEqual([
      ['warden.bpf.o', 'x86_64'],
      ['arm64/warden.bpf.o', 'arm64'],
    ]);
    expect(await objectsOf({ ...warden, builds: apart }, [arm])).toEqual([['arm64/warden.bpf.o', null]]);
  });
});

describe('our own agent', () => {
  it('has an object for each architecture that kernels may have', async () => {
    const other = hostTarget === arm ? unnamedTarget : arm;
    expect(await objectsOf(null, [hostTarget, other])).toEqual([
      ['build/aegis.bpf.o', hostTarget.name],
      [`build/${other.name}/aegis.bpf.o`, other.name],
    ]);
    expect(await objectsOf(null, [hostTarget])).toEqual([['build/aegis.bpf.o', null]]);
    expect(await agentsOf(null, [hostTarget])).toEqual([['build/agent/aegis-agent', hostTarget.name]]);
  });
});
