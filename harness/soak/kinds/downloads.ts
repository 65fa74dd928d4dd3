// SPDX-License-Identifier: Apache-2.0
import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type FaultKind, healedOrInfra, type InjectedFault } from '../fault.js';
import type { Lab } from '../lab.js';
import type { Random } from '../random.js';
import type { Ended } from '../running.js';

type Answer = (response: ServerResponse) => void;

const forgedRelease = `-----BEGIN PGP SIGNED MESSAGE-----
Hash: SHA256

Origin: Debian
Suite: stable
Codename: trixie
-----BEGIN PGP SIGNATURE-----

iQEzBAEBCAAdFiEE
-----END PGP SIGNATURE-----
`;

/** What an archive answers to everything that it is asked for. */
const answers: readonly [readonly [string, Answer], ...(readonly [string, Answer])[]] = [
  ['random bytes', (response) => response.end(randomBytes(100_000))],
  ['a page that asks for a login', (response) => response.end('<html><body>Sign in to this network</body></html>')],
  ['nothing', (response) => response.end()],
  ['a release with a signature that is none', (response) => response.end(forgedRelease)],
  ['500', (response) => response.writeHead(500).end('broken')],
  ['429', (response) => response.writeHead(429, { 'retry-after': '1' }).end()],
  ['itself, elsewhere', (response) => response.writeHead(302, { location: '/again' }).end()],
  [
    'less than it announced',
    (response) => {
      response.writeHead(200, { 'content-length': '100000' });
      response.write('x'.repeat(500), () => response.destroy());
    },
  ],
  ['a connection that is closed', (response) => response.destroy()],
];

/** The archive that is asked first answers so, and the kernel has to be fetched; others may have it. */
function corrupt(random: Random): InjectedFault {
  const [what, answer] = random.oneOf(answers);
  return {
    what: `the archive answers with ${what}`,
    ends: healedOrInfra,
    inject: async (lab) => {
      await rm(join(lab.cache, 'kernels'), { recursive: true, force: true });
      return withArchive(answer, (uri) => runWith(lab, uri));
    },
  };
}

async function withArchive<T>(answer: Answer, work: (uri: string) => Promise<T>): Promise<T> {
  const server = createServer((_, response) => {
    answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await work(`http://127.0.0.1:${(server.address() as AddressInfo).port}/debian`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

function runWith(lab: Lab, uri: string): Promise<Ended> {
  // apt asks a proxy for it too, where one is configured.
  const env = { BPF_MATRIX_DEBIAN_ARCHIVE: uri, no_proxy: '127.0.0.1' };
  return lab.start({ env, deadline: 240_000 }).ended;
}

export const downloadKinds: readonly FaultKind[] = [
  { name: 'download', about: 'an archive that answers with anything but what it has', share: 6, choose: corrupt },
];
