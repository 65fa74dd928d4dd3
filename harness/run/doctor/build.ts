// SPDX-License-Identifier: Apache-2.0
import { access, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { HostCheck } from '../../model/doctor.js';
import { CommandError, runProgram } from '../../proc/run.js';
import type { Target } from '../../target.js';

/** Programs that every run calls, with the Debian and Ubuntu package of each. */
const tools = {
  'apt-get': 'apt',
  'dpkg-deb': 'dpkg',
  gpgv: 'gpgv',
  setpriv: 'util-linux',
  xz: 'xz-utils',
  zstd: 'zstd',
};

export async function toolsCheck(signal: AbortSignal): Promise<HostCheck> {
  const name = 'tools';
  const found = await Promise.all(Object.keys(tools).map((tool) => firstLine(tool, ['--version'], signal)));
  const absent = Object.entries(tools).filter((_, index) => found[index] === null);
  if (absent.length === 0) return { name, state: 'ok', detail: Object.keys(tools).join(', '), next: null };
  const packages = absent.map(([, name]) => name).join(' ');
  const detail = `there is no ${absent.map(([tool]) => tool).join(', no ')}`;
  return { name, state: 'missing', detail, next: `apt-get install ${packages}` };
}

const clangs = ['clang-19', 'clang-18', 'clang-17', 'clang-16', 'clang-15', 'clang'];

/** Which compilers of BPF there are. `built`: is there anything left to compile. */
export async function clangCheck(built: boolean, signal: AbortSignal): Promise<HostCheck> {
  const name = 'clang';
  const lines = await Promise.all(clangs.map((clang) => firstLine(clang, ['--version'], signal)));
  const versions = lines.flatMap((line) => /version (\S+)/.exec(line ?? '')?.[1]?.replace(/\+.*/, '') ?? []);
  if (versions.length > 0) return { name, state: 'ok', detail: [...new Set(versions)].join(', '), next: null };
  if (built) {
    const detail = 'none; only --clang, and changes of bpf/, need one';
    return { name, state: 'ok', detail, next: null };
  }
  return { name, state: 'missing', detail: 'none', next: 'apt-get install clang-19 (15 to 19 are known to work)' };
}

export interface BuildState {
  readonly root: string;
  /** Folder of what is built. */
  readonly folder: string;
  /** The libbpf that it was built with; null before there is a build. */
  readonly libbpf: string | null;
  /** The command that builds it. */
  readonly command: string;
}

/** Guest, probe, agent and object, and the libbpf in them. */
export async function buildCheck({ root, folder, libbpf, command }: BuildState): Promise<HostCheck> {
  const name = 'build';
  const pinned = await pinnedLibbpf(root);
  const needed = ['guest/init', 'probe/attempt', 'probe/oracle', 'agent/aegis-agent', 'aegis.bpf.o'];
  const there = await Promise.all(needed.map((file) => isThere(join(folder, file))));
  const absent = needed.filter((_, index) => there[index] !== true);
  if (absent.length > 0) {
    const detail = `${absent.join(', ')}: not built yet`;
    // In a checkout the next command builds what is not there.
    const state = (await isThere(join(root, 'scripts/bootstrap'))) ? 'slow' : 'missing';
    return {
      name,
      state,
      detail,
      next: `any run builds them first, once, with libbpf ${pinned ?? 'as pinned'}: ${command}`,
    };
  }
  const with_ = `guest, probe, agent and object, with libbpf ${libbpf ?? 'of an unknown version'}`;
  if (pinned === null || pinned === libbpf) return { name, state: 'ok', detail: with_, next: null };
  return { name, state: 'slow', detail: `${with_}; ${pinned} is pinned`, next: `${command} builds them again` };
}

const ofOtherGuests = ['guest/init', 'probe/attempt', 'probe/oracle', 'agent/aegis-agent', 'aegis.bpf.o', 'loader'];

/** What is put into guests of another architecture than the host's; bootstrap builds it where it is asked for by name. */
export async function otherBuildCheck({ name: architecture, title }: Target, folder: string): Promise<HostCheck> {
  const name = `build, ${architecture}`;
  const there = await Promise.all(ofOtherGuests.map((file) => isThere(join(folder, file))));
  const absent = ofOtherGuests.filter((_, index) => there[index] !== true);
  if (absent.length === 0)
    return { name, state: 'ok', detail: `guest, probe, agent and object for ${title}`, next: null };
  const next = `scripts/bootstrap ${architecture} (installs QEMU and a compiler for ${title}, and says so first)`;
  return { name, state: 'missing', detail: `${absent.join(', ')}: not built for ${title}`, next };
}

/**
 * What bootstrap would install before it builds: it is asked, and does nothing. Null where there is no bootstrap, because
 * everything is built already.
 */
export async function packagesCheck(root: string, signal: AbortSignal): Promise<HostCheck | null> {
  const script = join(root, 'scripts/bootstrap');
  if (!(await isThere(script))) return null;
  const name = 'packages';
  const { exitCode, stdout, stderr } = await runProgram(script, ['missing'], { signal, timeout: 60_000 });
  if (exitCode !== 0) {
    const detail = stderr.trim().split('\n')[0] ?? `scripts/bootstrap missing: exit ${exitCode}`;
    return { name, state: 'missing', detail, next: 'run scripts/bootstrap and read what it says' };
  }
  const missing = stdout.trim();
  if (missing === '') return { name, state: 'ok', detail: 'bootstrap has nothing to install', next: null };
  const detail = `bootstrap would install ${missing.replaceAll(' ', ', ')}`;
  return { name, state: 'missing', detail, next: `apt-get install -y --no-install-recommends ${missing}` };
}

async function pinnedLibbpf(root: string): Promise<string | null> {
  const text = await readFile(join(root, 'bpf/libbpf.pin'), 'utf8').catch(() => '');
  return /^(\d\S*) /m.exec(text)?.[1] ?? null;
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** Null where there is no such program. */
async function firstLine(program: string, args: readonly string[], signal: AbortSignal): Promise<string | null> {
  try {
    const { stdout } = await runProgram(program, args, { signal, timeout: 20_000 });
    return stdout.split('\n')[0] ?? '';
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof CommandError) return null;
    throw error;
  }
}
