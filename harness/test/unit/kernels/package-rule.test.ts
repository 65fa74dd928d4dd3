// SPDX-License-Identifier: Apache-2.0
import { describe, expect, test } from 'vitest';
import { packageCandidates, type Pocket } from '../../../kernels/providers/apt/package-rule.js';
import { parsePackages } from '../../../kernels/providers/apt/packages-index.js';
import { type Candidate, describeCandidate, type OfferedArtifact } from '../../../kernels/providers/provider.js';

/** Paragraphs as they are in an index, `name version [depends]` each. */
function index(...packages: readonly string[]): string {
  const paragraphs = packages.map((text, number) => {
    const [name = '', version = '', ...depends] = text.split(' ');
    return [
      `Package: ${name}`,
      'Architecture: amd64',
      `Version: ${version}`,
      ...(depends.length > 0 ? [`Depends: ${depends.join(' ')}`] : []),
      'Description: Linux',
      ' Package: linux-image-of-a-description',
      `Size: ${number + 1000}`,
      `SHA256: ${String(number).padStart(64, '0')}`,
    ].join('\n');
  });
  return `${paragraphs.join('\n\n')}\n\n`;
}

function pocket(suite: string, ...packages: readonly string[]): Pocket {
  return { suite, root: `/roots/${suite}`, entries: parsePackages(index(...packages)) };
}

function found(family: 'debian' | 'ubuntu', series: string | null, ...packages: readonly string[]): string[][] {
  const flavour = family === 'debian' ? 'cloud' : 'generic';
  const list = packageCandidates({ id: 'one', family, series }, flavour, [pocket('suite', ...packages)]);
  // Every package of a kernel is of its own version, or it is none of its packages.
  const own = (candidate: Candidate): OfferedArtifact[] =>
    candidate.artifacts.filter((artifact) => artifact.version === candidate.version);
  return list.map((candidate) => [candidate.version, ...own(candidate).map((artifact) => artifact.package)]);
}

describe('Debian', () => {
  test('the image of a series, not its debug, unsigned, metapackage or another flavour', () => {
    expect(
      found(
        'debian',
        '6.12',
        'linux-image-6.12-cloud-amd64 6.12.117-1 linux-image-6.12.117+deb13-cloud-amd64 (= 6.12.117-1)',
        'linux-image-6.12.117+deb13-amd64 6.12.117-1 kmod',
        'linux-image-6.12.117+deb13-cloud-amd64-dbg 6.12.117-1',
        'linux-image-6.12.117+deb13-cloud-amd64-unsigned 6.12.117-1 kmod',
        'linux-image-6.12.117+deb13-cloud-amd64 6.12.117-1 kmod',
        'linux-image-cloud-amd64 6.12.117-1 linux-image-6.12.117+deb13-cloud-amd64 (= 6.12.117-1)',
        'linux-image-6.1.0-56-cloud-amd64 6.1.192-2 kmod',
      ),
    ).toEqual([
      ['6.12.117-1', 'linux-image-6.12.117+deb13-cloud-amd64'],
      ['6.12.117-1', 'linux-image-6.12.117+deb13-cloud-amd64-unsigned'],
    ]);
  });

  test('6.1 is not 6.12, and the newest is by version, not by place', () => {
    expect(
      found(
        'debian',
        '6.1',
        'linux-image-6.1.0-9-cloud-amd64 6.1.27-1',
        'linux-image-6.12.117+deb13-cloud-amd64 6.12.117-1',
        'linux-image-6.1.0-56-cloud-amd64 6.1.192-2',
        'linux-image-6.1.0-48-cloud-amd64 6.1.172-1',
      ).map(([version]) => version),
    ).toEqual(['6.1.192-2', '6.1.172-1', '6.1.27-1']);
  });

  test('a split kernel: the binary, not the stub in front of it, with modules and configuration of the same build', () => {
    expect(
      found(
        'debian',
        '7.2',
        'linux-base-7.2.12+deb13-cloud-amd64 7.2.12-1~bpo13+1',
        'linux-modules-7.2.12+deb13-cloud-amd64 7.2.12-2~bpo13+1 kmod',
        'linux-modules-7.2.12+deb13-cloud-amd64 7.2.12-1~bpo13+1 kmod, linux-base-7.2.12+deb13-cloud-amd64',
        'linux-binary-7.2.12+deb13-cloud-amd64 7.2.12-1~bpo13+1 linux-base-7.2.12+deb13-cloud-amd64',
        'linux-image-7.2.12+deb13-cloud-amd64 7.2.12-1~bpo13+1 linux-binary-7.2.12+deb13-cloud-amd64 (= 7.2.12-1~bpo13+1)',
      ),
    ).toEqual([
      [
        '7.2.12-1~bpo13+1',
        'linux-binary-7.2.12+deb13-cloud-amd64',
        'linux-modules-7.2.12+deb13-cloud-amd64',
        'linux-base-7.2.12+deb13-cloud-amd64',
      ],
    ]);
  });

  test('a split kernel whose modules the archive has dropped is the image alone', () => {
    expect(
      found(
        'debian',
        '7.1',
        'linux-binary-7.1.13+deb13-cloud-amd64 7.1.13-1~bpo13+1',
        'linux-image-7.1.13+deb13-cloud-amd64 7.1.13-1~bpo13+1 linux-binary-7.1.13+deb13-cloud-amd64',
      ),
    ).toEqual([['7.1.13-1~bpo13+1', 'linux-binary-7.1.13+deb13-cloud-amd64']]);
  });

  test('a kernel that is not signed yet is taken unsigned; without a series the highest version is it', () => {
    const [newest] = found(
      'debian',
      null,
      'linux-binary-7.3-cloud-amd64 7.3~rc7-1~exp1',
      'linux-binary-unsigned-7.3.4+deb13-cloud-amd64 7.3.4-1~bpo13+1',
      'linux-modules-7.3.4+deb13-cloud-amd64 7.3.4-1~bpo13+1',
      'linux-image-6.12.117+deb13-cloud-amd64 6.12.117-1',
    );
    expect(newest).toEqual([
      '7.3.4-1~bpo13+1',
      'linux-binary-unsigned-7.3.4+deb13-cloud-amd64',
      'linux-modules-7.3.4+deb13-cloud-amd64',
    ]);
  });
});

describe('Ubuntu', () => {
  test('the generic image with its modules; unsigned where there is no other; no other flavour', () => {
    expect(
      found(
        'ubuntu',
        '5.15',
        'linux-image-generic 5.15.0.203.201 linux-image-5.15.0-203-generic',
        'linux-image-5.15.0-203-generic 5.15.0-203.213 kmod, linux-base (>= 4.5), linux-modules-5.15.0-203-generic',
        'linux-image-unsigned-5.15.0-203-generic 5.15.0-203.213 kmod',
        'linux-image-unsigned-5.15.0-204-generic 5.15.0-204.214 kmod',
        'linux-modules-5.15.0-203-generic 5.15.0-203.213',
        'linux-modules-extra-5.15.0-203-generic 5.15.0-203.213',
        'linux-image-5.15.0-203-lowlatency 5.15.0-203.213 kmod',
        'linux-image-6.8.0-149-generic 6.8.0-149.149 kmod',
      ),
    ).toEqual([
      ['5.15.0-204.214', 'linux-image-unsigned-5.15.0-204-generic'],
      ['5.15.0-203.213', 'linux-image-5.15.0-203-generic', 'linux-modules-5.15.0-203-generic'],
      ['5.15.0-203.213', 'linux-image-unsigned-5.15.0-203-generic', 'linux-modules-5.15.0-203-generic'],
    ]);
  });
});

describe('suites of one archive', () => {
  const release = '5.15.0-203-generic';
  const candidates = (...pockets: readonly Pocket[]): readonly Candidate[] =>
    packageCandidates({ id: 'one', family: 'ubuntu', series: '5.15' }, 'generic', pockets);

  test('an image in one and its modules in another are one kernel, each fetched from where it is listed', () => {
    const [kernel, ...rest] = candidates(
      pocket('jammy-updates', `linux-image-${release} 5.15.0-203.213`),
      pocket('jammy-security', `linux-modules-${release} 5.15.0-203.213`),
    );
    expect(rest).toEqual([]);
    expect(kernel).toMatchObject({ suite: 'jammy-updates', artifacts: [{ root: '/roots/jammy-updates' }, {}] });
    expect(kernel?.artifacts[1]).toMatchObject({ package: `linux-modules-${release}`, root: '/roots/jammy-security' });
  });

  test('modules of another version do not fit, wherever they are', () => {
    const [kernel] = candidates(
      pocket('jammy-updates', `linux-image-${release} 5.15.0-203.213`),
      pocket('jammy-security', `linux-modules-${release} 5.15.0-203.212`),
    );
    expect(kernel?.artifacts).toHaveLength(1);
  });

  test('what both list is one kernel, of the first', () => {
    const list = [`linux-image-${release} 5.15.0-203.213`, `linux-modules-${release} 5.15.0-203.213`];
    const found = candidates(pocket('jammy-updates', ...list), pocket('jammy-security', ...list));
    expect(found.map(({ suite, artifacts }) => [suite, artifacts.length])).toEqual([['jammy-updates', 2]]);
  });

  test('of one version the signed image comes first, and the unsigned one is called so', () => {
    const found = candidates(
      pocket('jammy', `linux-image-unsigned-${release} 5.15.0-203.213`, `linux-image-${release} 5.15.0-203.213`),
    );
    expect(found.map(describeCandidate)).toEqual(['5.15.0-203.213', '5.15.0-203.213, an unsigned image']);
  });
});

describe('parsePackages', () => {
  test('reads the last paragraph without a blank line after it, too', () => {
    const text = index('linux-image-1-generic 1', 'bash 5', 'linux-modules-1-generic 1').trimEnd();
    expect(parsePackages(text).map((entry) => [entry.package, entry.size])).toEqual([
      ['linux-image-1-generic', 1000],
      ['linux-modules-1-generic', 1002],
    ]);
  });

  test('an entry without a hash is an error, not a package without one', () => {
    expect(() => parsePackages('Package: linux-image-1-generic\nArchitecture: amd64\nVersion: 1\nSize: 1\n\n')).toThrow(
      'no SHA256',
    );
  });
});
