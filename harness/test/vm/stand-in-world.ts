// SPDX-License-Identifier: Apache-2.0
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { execa } from 'execa';
import { loadCatalog } from '../../kernels/index.js';
import { lockVersion } from '../../kernels/lock.js';
import { ArchiveServer, publish, SigningKey } from '../unit/kernels/fixture/archive.js';
import { debianPackage, standInKernel, ubuntuPackages } from './stand-in-kernels.js';
import { readyKernel } from './boot.js';

/** Nobody listens there. */
export const away = 'http://127.0.0.2:1/';
const date = '20260101T000000Z';

/** What Ubuntu's kernels are here: Debian's, by another name. */
export const ubuntuKernels = {
  '5.15': { from: '6.1', release: '5.15.0-101-generic', version: '5.15.0-101.111' },
  '6.8': { from: '6.12', release: '6.8.0-31-generic', version: '6.8.0-31.31' },
} as const;

/** The suite that a stand-in of Debian lists each kernel in, by its own name. */
const debianKernels = { '6.1': 'bookworm-security', '6.12': 'trixie', '6.17': 'trixie-backports' } as const;

/** The harness as it is installed, with a catalog and a lock of its own, and a folder to work in. */
export interface Installed {
  readonly root: string;
  /** A project with the small agent of this repository that only looks. */
  readonly project: string;
}

/**
 * Archives of both families, signed by a key of the tests, with kernels that boot: what is public of them is a mirror that is
 * dead, and a dated snapshot that limits its callers.
 */
export class StandInWorld {
  /** Requests that the snapshot has refused. */
  limited = 0;

  private constructor(
    readonly folder: string,
    readonly key: SigningKey,
    readonly server: ArchiveServer,
  ) {}

  static async make(): Promise<StandInWorld> {
    const folder = await mkdtemp(join(tmpdir(), 'stand-in-'));
    const key = await SigningKey.make(join(folder, 'gpg'));
    await Promise.all([...debian(folder, key), ...ubuntu(folder, key)]);
    // The snapshot has what the live archives have.
    for (const name of ['debian', 'debian-security', 'ubuntu']) {
      await mkdir(join(folder, 'www/snapshot', name), { recursive: true });
      await symlink(join('../..', name), join(folder, 'www/snapshot', name, date));
    }
    const world = new StandInWorld(folder, key, await ArchiveServer.serve(join(folder, 'www')));
    world.limitSnapshot();
    return world;
  }

  /** Each index of the snapshot is refused once, with the time to wait. */
  private limitSnapshot(): void {
    const seen = new Set<string>();
    this.server.intercept = (path, response): boolean => {
      if (!path.startsWith('/snapshot/') || !path.endsWith('/InRelease') || seen.has(path)) return false;
      seen.add(path);
      this.limited++;
      response.writeHead(429, { 'content-length': 0, 'retry-after': '1' });
      response.end();
      return true;
    };
  }

  /** Copies the package as npm would lay it out, with nobody outside in its catalog and nothing locked. */
  async install(name: string): Promise<Installed> {
    const [root, project] = [join(this.folder, name, 'app'), join(this.folder, name, 'project')];
    await mkdir(join(project, 'reports/baseline'), { recursive: true });
    await mkdir(root);
    for (const part of ['package.json', 'dist', 'kernels']) await cp(part, join(root, part), { recursive: true });
    await symlink(resolve('build'), join(root, 'build'));
    await writeFile(join(root, 'kernels/lock.json'), JSON.stringify({ schema: lockVersion, kernels: {} }));
    await writeFile(join(root, 'kernels/catalog.json'), JSON.stringify(await this.catalog()));
    const { agent } = JSON.parse(await readFile('docs/examples/lsmaudit.json', 'utf8')) as { readonly agent: object };
    const paths = { object: resolve('build/lsmaudit.bpf.o'), binary: resolve('build/lsmaudit/lsmaudit') };
    await writeFile(join(project, 'matrix.config.json'), JSON.stringify({ agent: { ...agent, ...paths } }));
    return { root, project };
  }

  private async catalog(): Promise<unknown> {
    const usual = await loadCatalog();
    const { families } = usual;
    const archives = (name: string, security: string): object => ({
      mirrors: [{ archive: `${away}${name}/`, security: `${away}${security}/` }],
      mirrorTemplate: null,
      snapshot: {
        date,
        archive: `${this.server.url}snapshot/${name}/<DATE>/`,
        security: `${this.server.url}snapshot/${security}/<DATE>/`,
      },
    });
    return {
      ...usual,
      families: {
        ...families,
        debian: { ...families.debian, ...archives('debian', 'debian-security') },
        ubuntu: { ...families.ubuntu, ...archives('ubuntu', 'ubuntu') },
      },
    };
  }

  /** The folder of a host's apt, and what leads apt there. */
  async aptRoot(name: string, files: Readonly<Record<string, string>>): Promise<string> {
    const etc = join(this.folder, name, 'etc/apt');
    const configuration = { 'apt.conf': `Dir::Etc "${etc}/";\n`, 'apt.conf.d/.keep': '', 'sources.list.d/.keep': '' };
    for (const [path, text] of Object.entries({ ...configuration, ...files })) {
      await mkdir(dirname(join(etc, path)), { recursive: true });
      await writeFile(join(etc, path), text);
    }
    return join(etc, 'apt.conf');
  }

  /** Runs the harness that is installed, in its project. `aptConf`: of the host that it is on. */
  run(
    { root, project }: Installed,
    args: readonly string[],
    aptConf: string,
    more: Readonly<Record<string, string>> = {},
  ) {
    const { keyring } = this.key;
    return execa('node', [join(root, 'dist/harness/cli/main.js'), ...args], {
      cwd: project,
      reject: false,
      env: {
        ...{ NO_COLOR: '1', APT_CONFIG: aptConf, no_proxy: '127.0.0.1,127.0.0.2', BPF_MATRIX_MIRRORS: 'public' },
        ...{ BPF_MATRIX_DEBIAN_KEYRING: keyring, BPF_MATRIX_UBUNTU_KEYRING: keyring },
        ...more,
      },
    });
  }

  async close(): Promise<void> {
    await Promise.all([this.server.close(), this.key.close()]);
    await rm(this.folder, { recursive: true, force: true });
  }
}

function debian(folder: string, key: SigningKey): readonly Promise<void>[] {
  return Object.entries(debianKernels).map(async ([id, suite]) => {
    const ready = await readyKernel(id);
    const deb = await debianPackage(join(folder, 'build'), await standInKernel(ready), ready.identity.version ?? '');
    const archive = suite.endsWith('-security') ? 'debian-security' : 'debian';
    await publish(join(folder, 'www', archive), suite, [deb], key);
  });
}

/** The image in one pocket, its modules in another; in `bare/` the image alone, as a mirror that has lost the rest. */
function ubuntu(folder: string, key: SigningKey): readonly Promise<void>[] {
  const suites = { '5.15': 'jammy', '6.8': 'noble' } as const;
  return Object.entries(ubuntuKernels).map(async ([id, { from, release, version }]) => {
    const suite = suites[id as keyof typeof suites];
    const kernel = await standInKernel(await readyKernel(from), release);
    const { image, modules } = await ubuntuPackages(join(folder, 'build'), kernel, version);
    await publish(join(folder, 'www/ubuntu'), `${suite}-security`, [image], key);
    await publish(join(folder, 'www/ubuntu'), `${suite}-updates`, [modules], key);
    await publish(join(folder, 'www/bare'), suite, [image], key);
  });
}
