// SPDX-License-Identifier: Apache-2.0
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type AptFailure, classifyApt } from '../../../kernels/providers/apt/apt-errors.js';
import { pauseAfter } from '../../../kernels/providers/apt/retry.js';
import { retryAfterOf } from '../../../kernels/providers/apt/retry-after.js';
import { type AptSource, makeAptRoot } from '../../../kernels/providers/apt/apt-root.js';
import { runProgram } from '../../../proc/run.js';
import { unnamedTarget } from '../../../target.js';

const source: AptSource = {
  target: unnamedTarget,
  uri: 'http://mirror.example/debian/',
  suite: 'trixie',
  components: ['main'],
  keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
  expires: false,
  patience: 7,
};

describe('the private apt root', () => {
  test('apt, started with it, sees its folders, how the host reaches archives, and nothing else of the host', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bm-apt-'));
    try {
      const host = join(folder, 'host.conf');
      await writeFile(
        host,
        [
          'APT::Update::Post-Invoke { "touch /tmp/never"; };',
          'APT::Architectures { "armhf"; };',
          'Acquire::http::Proxy "http://proxy.example";',
          'Acquire::http::Proxy::mirror.example "DIRECT";',
          'Acquire::https::mirror.example::CAInfo "/etc/ssl/own.pem";',
          // What a host may have relaxed, and what no archive of ours is believed by.
          'Acquire::Check-Valid-Until "false";',
          'Acquire::Check-Date "false";',
          'Acquire::Min-ValidTime "99999999";',
          'Acquire::AllowInsecureRepositories "true";',
          'Acquire::AllowWeakRepositories "true";',
          'Acquire::AllowDowngradeToInsecureRepositories "true";',
          'APT::Get::AllowUnauthenticated "true";',
          'Acquire::https::Verify-Peer "false";',
          'Acquire::https::mirror.example::Verify-Peer "false";',
          'Acquire::https::mirror.example::Verify-Host "false";',
          'Acquire::gpgv::Options { "--ignore-time-conflict"; };',
          'Apt::Key::gpgvcommand "/bin/true";',
          'Dir::Bin::Methods::http "/bin/true";',
          '',
        ].join('\n'),
      );
      process.env['APT_CONFIG'] = host;
      await makeAptRoot(folder, source).finally(() => delete process.env['APT_CONFIG']);
      const { stdout } = await runProgram('apt-config', ['dump'], { env: { APT_CONFIG: join(folder, 'apt.conf') } });
      expect(stdout).toContain('Acquire::http::Proxy::mirror.example "DIRECT"');
      expect(stdout).toContain('Acquire::https::mirror.example::CAInfo "/etc/ssl/own.pem"');
      const relaxed =
        /Check-\S+ "false"|ValidTime|Allow\S+ "true"|Verify-\S+ "false"|ignore-time-conflict|gpgvcommand|"\/bin\/true"/i;
      expect(stdout.split('\n').filter((line) => relaxed.test(line))).toEqual([]);
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
      output: 'E: Failed to fetch http://a/InRelease  403  Forbidden [IP: 192.0.2.1 80]',
    },
    {
      kind: 'busy',
      output:
        "E: Failed to fetch http://a/InRelease  503  Service Unavailable [IP: 192.0.2.1 80]\nE: The repository 'http://a jammy InRelease' is not signed.",
    },
    {
      kind: 'busy',
      output: 'Err:1 http://a.example/debian jammy InRelease\n  429  Too Many Requests [IP: 192.0.2.1 80]',
    },
    { kind: 'damaged', output: 'E: Failed to fetch http://a/x_5.503_amd64.deb  Hash Sum mismatch' },
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
      kind: 'expired',
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

/** As apt's Debug::Acquire::http prints it: requests and answers, a blank line after each. */
function debug(...answers: readonly (readonly [status: string, ...headers: string[]])[]): string {
  const texts = answers.map(([status, ...headers]) =>
    [
      'GET /x HTTP/1.1',
      'Host: a.example',
      '',
      '',
      'Answer for: http://a.example/x',
      `HTTP/1.1 ${status}`,
      ...headers,
    ].join('\n'),
  );
  return `${texts.join('\n\n')}\n\nE: Failed to fetch http://a.example/x\n`;
}

describe('Retry-After', () => {
  const now = Date.parse('2026-11-28T12:00:00Z');
  test.each([
    { name: 'seconds', text: debug(['429 Too Many Requests', 'Retry-After: 7', 'Content-Length: 0']), seconds: 7 },
    { name: 'any case', text: debug(['429 Too Many Requests', 'retry-after:120']), seconds: 120 },
    { name: 'a date', text: debug(['429 X', 'Retry-After: Sat, 28 Nov 2026 12:00:30 GMT']), seconds: 30 },
    { name: 'a date that is over', text: debug(['429 X', 'Retry-After: Sat, 28 Nov 2026 11:00:00 GMT']), seconds: 0 },
    { name: 'nonsense', text: debug(['429 X', 'Retry-After: soon']), seconds: null },
    { name: 'nothing', text: debug(['429 X', 'Server: x']), seconds: null },
    { name: 'another answer', text: debug(['503 X', 'Retry-After: 9'], ['429 X']), seconds: null },
    { name: 'the last of two', text: debug(['429 X', 'Retry-After: 9'], ['429 X', 'Retry-After: 3']), seconds: 3 },
  ])('$name', ({ text, seconds }) => {
    expect(retryAfterOf(text, 429, now)).toBe(seconds);
  });

  test('is in the words of the failure', () => {
    const failure = classifyApt('  429  Too Many Requests [IP: 192.0.2.1 80]', debug(['429 X', 'Retry-After: 7']));
    expect(failure).toEqual({
      kind: 'busy',
      detail: 'the server limits its callers (429 Too Many Requests), and asks to wait 7 s',
      retryAfter: 7,
    });
  });
});

describe('when an archive is asked again', () => {
  const limited = (retryAfter: number | null): AptFailure => ({ kind: 'busy', detail: '', retryAfter });
  const broken: AptFailure = { kind: 'unreachable', detail: '' };
  test.each([
    {
      name: 'what the server asks for, and a little more',
      failure: limited(7),
      number: 1,
      took: 9,
      from: 7000,
      to: 8000,
    },
    { name: 'the same the second time', failure: limited(7), number: 2, took: 9, from: 7000, to: 8000 },
    { name: 'a second or so', failure: limited(null), number: 1, took: 9, from: 500, to: 1500 },
    { name: 'twice that', failure: limited(null), number: 2, took: 9, from: 1000, to: 3000 },
    { name: 'a moment after a connection that broke', failure: broken, number: 1, took: 90, from: 250, to: 750 },
  ])('$name', ({ failure, number, took, from, to }) => {
    expect(pauseAfter(failure, number, took, 0)).toBe(from);
    expect(pauseAfter(failure, number, took, 1)).toBe(to);
  });

  test.each([
    { name: 'a third time', failure: limited(1), number: 3, took: 9 },
    { name: 'in more than half a minute', failure: limited(31), number: 1, took: 9 },
    { name: 'a host that did not answer', failure: broken, number: 1, took: 9000 },
    { name: 'a connection that broke twice', failure: broken, number: 2, took: 90 },
    { name: 'what is not there', failure: { kind: 'absent', detail: '' } as const, number: 1, took: 9 },
    { name: 'what is not trusted', failure: { kind: 'untrusted', detail: '' } as const, number: 1, took: 9 },
  ])('not $name', ({ failure, number, took }) => {
    expect(pauseAfter(failure, number, took, 0.5)).toBeNull();
  });
});
