// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import {
  catalogKernel,
  listKernels,
  loadCatalog,
  offeredFlavours,
  resolveKernel,
  selectCatalogKernels,
} from '../../../kernels/index.js';
import { flavourOf } from '../../../kernels/providers/apt/flavour.js';
import { publish } from './fixture/archive.js';
import { type BuiltDeb, ubuntuKernel } from './fixture/packages.js';
import { type ContextOptions, World, type WorldCatalog } from './fixture/world.js';
import { unnamedTarget } from '../../../target.js';

let world: World;
let debs: Readonly<Record<'generic' | 'aws' | 'lowlatency' | 'hwe' | 'debian', readonly BuiltDeb[]>>;
beforeAll(async () => {
  world = await World.make();
  const build = (release: string, version: string): Promise<BuiltDeb[]> =>
    ubuntuKernel(join(world.folder, 'build', release), release, version);
  debs = {
    generic: await build('6.8.0-31-generic', '6.8.0-31.31'),
    aws: [...(await build('6.8.0-1008-aws', '6.8.0-1008.8')), ...(await build('6.8.0-1007-aws', '6.8.0-1007.7'))],
    lowlatency: await build('6.8.0-31-lowlatency', '6.8.0-31.31.1'),
    hwe: await build('6.8.0-40-generic', '6.8.0-40.40~22.04.3'),
    debian: [
      ...(await build('6.12.117+deb13-cloud-amd64', '6.12.117-1')),
      ...(await build('6.12.117+deb13-amd64', '6.12.117-1')),
      ...(await build('6.12.117+deb13-rt-amd64', '6.12.117-1')),
    ],
  };
});
afterAll(() => world.close());

/** Archives of both families, the Ubuntu one with a newer kernel of the same series for an older release. */
beforeEach(async () => {
  await world.reset();
  const at = (name: string): string => join(world.folder, 'www', name);
  await publish(at('ubuntu'), 'noble', [...debs.generic, ...debs.aws, ...debs.lowlatency], world.key);
  await publish(at('ubuntu'), 'jammy-updates', debs.hwe, world.key);
  await publish(at('debian'), 'trixie', debs.debian, world.key);
});

function options(): ContextOptions {
  const kernels = [
    {
      ...{ id: '6.8', tier: 'default', family: 'ubuntu', series: '6.8', suites: ['noble'] },
      flavours: { hwe: { flavour: 'generic', suites: ['jammy-updates'] } },
    },
    { id: '6.12', tier: 'default', family: 'debian', series: '6.12', suites: ['trixie'] },
  ];
  return {
    catalog: (usual: WorldCatalog) => ({ ...usual, kernels }),
    debian: { archive: `${world.server.url}debian/`, keyring: world.key.keyring },
  };
}

describe('a kernel by flavour', () => {
  test.each([
    { id: '6.8', package: 'linux-image-6.8.0-31-generic' },
    { id: '6.8/aws', package: 'linux-image-6.8.0-1008-aws' },
    { id: '6.8/lowlatency', package: 'linux-image-6.8.0-31-lowlatency' },
    { id: '6.8/hwe', package: 'linux-image-6.8.0-40-generic' },
    { id: '6.12', package: 'linux-image-6.12.117+deb13-cloud-amd64' },
    { id: '6.12/generic', package: 'linux-image-6.12.117+deb13-amd64' },
    { id: '6.12/rt', package: 'linux-image-6.12.117+deb13-rt-amd64' },
  ])('$id', async ({ id, package: name }) => {
    const context = await world.context(options());
    const kernel = await resolveKernel(id, context);
    expect(kernel).toMatchObject({ status: 'ready', identity: { id, package: name } });
    expect(await listKernels(context, [id])).toMatchObject([{ id, package: name, cached: true }]);
  });

  test('that no archive has is a series that is not offered', async () => {
    const kernel = await resolveKernel('6.8/azure', await world.context(options()));
    expect(kernel).toMatchObject({
      reason: 'SERIES_NOT_OFFERED',
      detail: expect.stringMatching(/^no archive offers a 6.8 kernel of flavour azure in Ubuntu's noble/) as unknown,
    });
  });

  test('the flavour that the catalog takes is the kernel itself', async () => {
    const catalog = await loadCatalog();
    expect(
      selectCatalogKernels(
        ['6.8/generic,6.8', '6.12/cloud', '6.12/generic', 'mine'],
        catalog,
        ['mine'],
        [unnamedTarget],
      ),
    ).toEqual([...['6.8', '6.12', '6.12/generic', 'mine']]);
    expect(catalogKernel(catalog, '6.12/cloud').id).toBe('6.12');
  });

  test.each([
    ['6.12/riscv64', /riscv64 is an architecture; guests are x86_64 or arm64/],
    ['6.12/generic/arm64', /arm64 is an architecture, which comes before the flavour: 6.12\/arm64\/generic/],
    ['6.8/arm64', /of Ubuntu's kernels there are those for x86_64/],
    ['6.12/aws/generic', /more than one flavour/],
    ['6.12/', /'' is no name of a flavour/],
    ['6.12/*', /'\*' is no name of a flavour/],
    ['6.13/aws', /no kernel 6.13\/aws; nearest: 6.1,/],
    ['mine/aws', /no kernel mine\/aws/],
  ])('%s is refused', async (id, says) => {
    const catalog = await loadCatalog();
    expect(() => selectCatalogKernels([id], catalog, ['mine'], [unnamedTarget])).toThrow(says);
  });
});

test.each([
  ['debian', '6.1.0-56-cloud-amd64', 'cloud'],
  ['debian', '6.1.0-56-amd64', 'generic'],
  ['debian', '5.10.0-0.deb10.30-rt-amd64', 'rt'],
  ['debian', '6.12.117+deb13-amd64', 'generic'],
  ['debian', '7.3-rc4-cloud-amd64', 'cloud'],
  ['debian', '6.12.117+deb13-cloud-amd64-dbg', null],
  ['debian', '6.12.117+deb13-cloud-arm64', null],
  ['debian', '6.12', null],
  ['ubuntu', '6.8.0-31-generic', 'generic'],
  ['ubuntu', '6.8.0-31-generic-64k', 'generic-64k'],
  ['ubuntu', '6.8.0-1008-aws', 'aws'],
  ['ubuntu', '6.8.0-31', null],
] as const)('%s %s is of flavour %s', (family, release, flavour) => {
  expect(flavourOf(family, release, unnamedTarget)).toBe(flavour);
});

describe('what archives offer', () => {
  test('every flavour of every kernel, the newest of each', async () => {
    const { rows, missing } = await offeredFlavours([], ['6.8', '6.12'], await world.context(options()));
    expect(missing).toEqual([]);
    expect(rows.map(({ id, version, suite }) => [id, version, suite])).toEqual([
      ['6.8', '6.8.0-31.31', 'noble'],
      ['6.8/aws', '6.8.0-1008.8', 'noble'],
      ['6.8/lowlatency', '6.8.0-31.31.1', 'noble'],
      ['6.8/hwe', '6.8.0-40.40~22.04.3', 'jammy-updates'],
      ['6.12', '6.12.117-1', 'trixie'],
      ['6.12/generic', '6.12.117-1', 'trixie'],
      ['6.12/rt', '6.12.117-1', 'trixie'],
    ]);
    expect(rows[0]!.archive).toBe(`${world.server.url}ubuntu/`);
  });

  test('only those that are named, and every kernel that no archive answers about', async () => {
    const { debian } = options();
    const away = { ...options(), debian: { ...debian!, archive: 'http://127.0.0.2:1/' } };
    const { rows, missing } = await offeredFlavours(['aws', 'hwe', 'rt'], ['6.8', '6.12'], await world.context(away));
    expect(rows.map(({ id }) => id)).toEqual(['6.8/aws', '6.8/hwe']);
    expect(missing).toMatchObject([{ id: '6.12', reason: 'ARCHIVE_UNREACHABLE' }]);
  });
});
