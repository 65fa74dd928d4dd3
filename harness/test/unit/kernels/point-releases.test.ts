// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { openKernelContext } from '../../../kernels/index.js';
import { byPointRelease, pointReleases } from '../../../kernels/point-releases.js';
import type { OfferedArtifact, Offer } from '../../../kernels/providers/provider.js';
import { MatrixError } from '../../../model/errors.js';
import { unnamedTarget } from '../../../target.js';

const offer = (version: string): Offer => ({
  candidate: {
    release: `${version}-cloud-amd64`,
    version,
    suite: 'trixie',
    rank: 0,
    artifacts: [{} as OfferedArtifact],
  },
  source: {} as Offer['source'],
});

it('packages are one release each, oldest first by number, newest packaging first', () => {
  const versions = ['6.12.117-1', '6.12.48-1', '6.12.48-1~bpo12+1', '6.1.192-2', '6.1.99-1', '6.16~rc1-1', '7.0-1'];
  const releases = byPointRelease({ id: 'bisect', family: 'debian' }, versions.map(offer));
  expect(releases.map(({ id, offers }) => [id, ...offers.map(({ candidate }) => candidate.version)])).toEqual([
    ['6.1.99', '6.1.99-1'],
    ['6.1.192', '6.1.192-2'],
    ['6.12.48', '6.12.48-1', '6.12.48-1~bpo12+1'],
    ['6.12.117', '6.12.117-1'],
  ]);
});

it('releases of another architecture say so, and are in the same order', () => {
  const releases = byPointRelease({ id: 'bisect/arm64', family: 'debian' }, ['6.12.48-1', '6.1.192-2'].map(offer));
  expect(releases.map(({ id }) => id)).toEqual(['6.1.192/arm64', '6.12.48/arm64']);
});

it('an archive that cannot be asked ends with exit 3 and all that was tried', async () => {
  const archives = { debianArchive: 'http://127.0.0.1:1/debian/', debianKeyring: '/none', patience: 1 };
  const context = await openKernelContext({ env: {}, cacheDir: '/dev/null/none', archives });
  const asked = pointReleases(
    context,
    { from: [6, 1], to: [6, 17], target: unnamedTarget },
    new AbortController().signal,
  );
  const error: unknown = await asked.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(MatrixError);
  expect(error).toMatchObject({ exitCode: 3, next: expect.stringMatching(/./) as unknown });
});
