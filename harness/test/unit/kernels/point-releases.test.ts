// SPDX-License-Identifier: Apache-2.0
import { expect, it } from 'vitest';
import { openKernelContext } from '../../../kernels/index.js';
import { byPointRelease, pointReleases } from '../../../kernels/point-releases.js';
import type { OfferedArtifact, Offer } from '../../../kernels/providers/provider.js';
import { MatrixError } from '../../../model/errors.js';

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
  const releases = byPointRelease('debian', versions.map(offer));
  expect(releases.map(({ id, offers }) => [id, ...offers.map(({ candidate }) => candidate.version)])).toEqual([
    ['6.1.99', '6.1.99-1'],
    ['6.1.192', '6.1.192-2'],
    ['6.12.48', '6.12.48-1', '6.12.48-1~bpo12+1'],
    ['6.12.117', '6.12.117-1'],
  ]);
});

it('an archive that cannot be asked ends with exit 3 and all that was tried', async () => {
  const archives = { debianArchive: 'http://127.0.0.1:1/debian/', debianKeyring: '/none', patience: 1 };
  const context = await openKernelContext({ env: {}, cacheDir: '/dev/null/none', archives });
  const asked = pointReleases(context, { from: [6, 1], to: [6, 17] }, new AbortController().signal);
  const error: unknown = await asked.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(MatrixError);
  expect(error).toMatchObject({ exitCode: 3, next: expect.stringMatching(/./) as unknown });
});
