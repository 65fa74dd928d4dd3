// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { classifyApt } from '../../../kernels/providers/apt/apt-errors.js';
import { type AptSource, makeAptRoot } from '../../../kernels/providers/apt/apt-root.js';
import { runProgram } from '../../../proc/run.js';

const source: AptSource = {
  uri: 'http://mirror.example/debian/',
  suite: 'trixie',
  components: ['main'],
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
  expires: false,
  patience: 7,
};

describe('the private apt root', () => {
  test('apt, started with it, sees its folders and none of the hooks of the host', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bm-apt-'));
    try {
      await makeAptRoot(folder, source);
      const host = join(folder, 'host.conf');
      await writeFile(
        host,
        'APT::Update::Post-Invoke { "touch /tmp/never"; };\nAPT::Architectures { "armhf"; };\nAcquire::http::Proxy "http://proxy.example";\n',
      );
      const { stdout } = await runProgram('apt-config', ['-c', join(folder, 'apt.conf'), 'dump'], {
        env: { APT_CONFIG: host },
      });
      expect(stdout).toContain(`Dir::State::lists "${folder}/lists"`);
      expect(stdout).toContain('Dir::Etc::trustedparts "/dev/null"');
      expect(stdout).toContain('Acquire::http::Timeout "7"');
      expect(stdout, 'the proxy of the host stays').toContain('http://proxy.example');
      expect(stdout, 'hooks of the host go').not.toMatch(/(Pre|Post)-Invoke.*::/);
      expect(stdout).not.toContain('armhf');
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('names one suite, one keyring, and lets snapshots be old', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bm-apt-'));
    try {
      await makeAptRoot(folder, source);
      expect(await readFile(join(folder, 'archive.sources'), 'utf8')).toBe(
        [
          'Types: deb',
          'URIs: http://mirror.example/debian/',
          'Suites: trixie',
          'Components: main',
          'Architectures: amd64',
          'Targets: Packages',
          'Languages: none',
          'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
          'Check-Valid-Until: no',
          '',
        ].join('\n'),
      );
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('classifyApt', () => {
  test.each([
    {
      kind: 'unreachable',
      output:
        "Err:1 http://a.example/debian jammy InRelease\n  Could not resolve 'a.example'\nE: Failed to fetch http://a.example/InRelease  Could not resolve 'a.example'",
    },
    {
      kind: 'unreachable',
      output: 'E: Failed to fetch http://a/InRelease  503  Service Unavailable [IP: 192.0.2.1 80]',
    },
    { kind: 'unreachable', output: 'E: something apt never said before' },
    { kind: 'unreachable', output: '' },
    {
      kind: 'absent',
      output:
        "Err:2 http://a.example/debian jammy Release\n  404  Not Found [IP: 192.0.2.1 80]\nE: The repository 'http://a.example/debian jammy Release' does not have a Release file.",
    },
    {
      kind: 'untrusted',
      output:
        "W: GPG error: http://a.example jammy InRelease: The following signatures couldn't be verified because the public key is not available: NO_PUBKEY 871920D1991BC93C\nE: The repository 'http://a.example jammy InRelease' is not signed.",
    },
    {
      kind: 'untrusted',
      output: 'E: Release file for http://a/InRelease is expired (invalid since 3d 2h). Updates will not be applied.',
    },
    { kind: 'damaged', output: 'E: Failed to fetch http://a/x.deb  Hash Sum mismatch\n   Hashes of expected file:' },
    { kind: 'disk-full', output: 'E: Write error - write (28: No space left on device)' },
    { kind: 'disk-full', output: "E: You don't have enough free space in /x/." },
  ])('$kind: $output', ({ kind, output }) => {
    const failure = classifyApt(output);
    expect(failure.kind).toBe(kind);
    expect(failure.detail).not.toMatch(/\n|^E:/);
    expect(failure.detail).not.toBe('');
  });
});
