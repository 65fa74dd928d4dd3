// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest';
import { catalogKernel, loadCatalog } from '../../../kernels/index.js';
import { parsePrimary } from '../../../kernels/providers/rpm/primary.js';
import { parseRepomd } from '../../../kernels/providers/rpm/repomd.js';
import { compareRpmVersions } from '../../../kernels/providers/rpm/rpm-version.js';
import { readKeys } from '../../../kernels/providers/rpm/signature.js';
import { unpackMetadata } from '../../../kernels/providers/rpm/unpack.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'rpm-lists-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

describe('versions are ordered as rpm does it', () => {
  // Each row from older to newer; from rpm's own tests/rpmvercmp.at, and kernels.
  test.each([
    ['1.0 1.1', '1.0 1.0.1', '2.0 10.0', '5.5p1 5.5p2', 'xyz.4 8', '10xyz 10.1xyz', '6.0 6.0.rc1', 'a b'],
    ['1.0~rc1 1.0', '1.0~rc1 1.0~rc2', '1.0~rc1~git1 1.0~rc1', '1.0 1.0^', '1.0^ 1.0.1', '1.0^git1 1.0^git2'],
    ['6.12.9-200.fc43 6.12.10-200.fc43', '9:1-1 10:1-1', '99-1 1:1-1', '5.14.0-99.el9 5.14.0-611.el9'],
    ['5.15.0-304.171.4.el9uek 5.15.0-310.184.5.2.el9uek', '6.17.0-0.rc3.31.fc43 6.17.0-63.fc43', '1-1.fc9 1-1.fc10'],
  ])('%s', (...rows) => {
    for (const [older = '', newer = ''] of rows.map((row) => row.split(' '))) {
      expect(compareRpmVersions(older, newer), `${older} ${newer}`).toBeLessThan(0);
      expect(compareRpmVersions(newer, older), `${newer} ${older}`).toBeGreaterThan(0);
    }
  });

  test.each(['1.0 1.0', '1.0010 1.10', '1_0 1.0', '0:1-1 1-1', '2.0. 2.0', '1.0-1 1.0-1'])('%s are one', (row) => {
    const [left = '', right = ''] = row.split(' ');
    expect(compareRpmVersions(left, right)).toBe(0);
  });
});

const one = (name: string, more = ''): string => `<package type="rpm">
  <name>${name}</name><arch>x86_64</arch><version epoch="0" ver="6.12.1" rel="1.fc43"/>
  <checksum type="sha256" pkgid="YES">${'a'.repeat(64)}</checksum><summary>x &amp; y</summary>
  <size package="10" installed="20" archive="30"/><location href="k/${name}.rpm"/>${more}
</package>
`;
const list = (packages: readonly string[], told = packages.length): string =>
  `<?xml version="1.0"?>\n<metadata xmlns="http://linux.duke.edu/metadata/common" packages="${told}">\n${packages.join('')}</metadata>\n`;
const wanted = new Set(['kernel-core']);
const read = (text: string): unknown => parsePrimary(Buffer.from(text), wanted);

describe('a list of packages', () => {
  it('has the packages that are asked for, and what it takes to get them', () => {
    expect(read(list([one('bash'), one('kernel-core'), one('kernel-core-debug')]))).toEqual([
      {
        name: 'kernel-core',
        architecture: 'x86_64',
        version: '6.12.1-1.fc43',
        release: '6.12.1-1.fc43.x86_64',
        sha256: 'a'.repeat(64),
        size: 10,
        href: 'k/kernel-core.rpm',
      },
    ]);
    expect(read(list([]))).toEqual([]);
  });

  it.each([
    ['that lacks one', list([one('kernel-core')], 2), /has 1 packages and says 2/],
    ['that is cut in a package', list([one('kernel-core'), one('bash')]).slice(0, -60), /package 2 of 2 is cut short/],
    ['that is cut after its packages', list([one('bash')]).slice(0, -5), /cut short at its end/],
    ['that says no number', list([one('bash')]).replace(/ packages="1"/, ''), /does not begin with the number/],
    ['that is none', '<html></html>', /does not begin with the number/],
    ['without a size', list([one('kernel-core').replace(/<size.*?>/, '')]), /kernel-core: package\.size/],
    ['with a document type', list([one('kernel-core', '<!DOCTYPE a [<!ENTITY b "c">]>')]), /document type/],
    ['with a package of 9 MB', list([one('bash', `<d>${'x'.repeat(9e6)}</d>`)]), /package 1 has more than \d+ bytes/],
    ['with MD5', list([one('kernel-core').replace('"sha256"', '"md5"')]), /kernel-core: package\.checksum/],
    ['with a name that is none', list([one('kernel-core').replace('6.12.1', '../x')]), /kernel-core: package\.version/],
    [
      'that names a package twice',
      list([one('kernel-core').replace('<arch>', '<name>a</name><arch>')]),
      /package\.name/,
    ],
  ])('%s is refused', (_, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});

describe('repomd.xml', () => {
  const data = (type: string, more = ''): string =>
    `<data type="${type}"><checksum type="sha256">${'b'.repeat(64)}</checksum><location href="repodata/${type}.xml.gz"/><timestamp>1700000000</timestamp><size>12</size>${more}</data>`;
  const repomd = (...all: readonly string[]): string =>
    `<?xml version="1.0"?><repomd xmlns="x"><revision>1</revision>${all.join('')}</repomd>`;

  it('names the list of packages', () => {
    expect(parseRepomd(repomd(data('filelists'), data('primary', '<open-size>34</open-size>')))).toEqual({
      href: 'repodata/primary.xml.gz',
      sha256: 'b'.repeat(64),
      size: 12,
      timestamp: 1_700_000_000,
      open: { sha256: null, size: 34 },
    });
  });

  it.each([
    ['without it', repomd(data('filelists')), /names 0 lists/],
    ['with two of them', repomd(data('primary'), data('primary')), /names 2 lists/],
    ['with SHA-1', repomd(data('primary').replace('"sha256"', '"sha1"')), /primary: checksum/],
    ['that points elsewhere', repomd(data('primary').replace('repodata/', '../')), /a path below the repository/],
    ['without a time', repomd(data('primary').replace(/<timestamp>.*<\/timestamp>/, '')), /primary: timestamp/],
    ['that is cut short', repomd(data('primary')).slice(0, -9), /repomd\.xml: is cut short/],
    ['that is empty', '', /is cut short, or no <repomd>/],
    ['that is a page', '<html><body>busy</body></html>', /is cut short, or no <repomd>/],
  ])('%s is refused', (_, text, message) => {
    expect(() => parseRepomd(text)).toThrow(message);
  });
});

describe('unpacking a list', () => {
  const bomb = Buffer.alloc(257 * 2 ** 20);

  it.each([
    ['gz', () => gzipSync(bomb, { level: 1 })],
    ['zst', () => execFileSync('zstd', ['-q', '-c', '-1'], { input: bomb, maxBuffer: 2 ** 30 })],
  ])('stops at a bound: %s', async (ending, pack) => {
    const path = join(folder, `bomb.${ending}`);
    writeFileSync(path, pack());
    await expect(unpackMetadata(path)).rejects.toMatchObject({ kind: 'damaged' });
  });

  it.each(['xml.gz', 'xml.xz', 'xml.zst', 'xml.bz2'])('does not take anything for %s', async (ending) => {
    const path = join(folder, `odd.${ending}`);
    writeFileSync(path, 'neither');
    await expect(unpackMetadata(path)).rejects.toMatchObject({ kind: 'damaged' });
  });
});

describe('the keys that come with us', () => {
  const readme = readFileSync('kernels/keys/README.md', 'utf8');
  const rows = [...readme.matchAll(/^\| `([^`]+)` +\| .* \| `([0-9A-F]{40})` \|$/gm)].map(([, ...cells]) => cells);
  const files = readdirSync('kernels/keys').filter((name) => name !== 'README.md');

  it('are those of the catalog, and of the table, by their fingerprints', async () => {
    const { families } = await loadCatalog();
    const used = [families.fedora, families.centos, families.oraclelinux].flatMap(({ keys }) => keys);
    expect(used.toSorted()).toEqual(files.toSorted());
    const found = files.flatMap((name) => {
      const shown = execFileSync(
        'gpg',
        ['--homedir', folder, '--show-keys', '--with-colons', join('kernels/keys', name)],
        {
          stdio: ['ignore', 'pipe', 'ignore'],
        },
      ).toString();
      return [...shown.matchAll(/^pub:.*\n(?:fpr:+([0-9A-F]{40}):)/gm)].map(([, print = '']) => [name, print]);
    });
    expect(found.toSorted()).toEqual(rows.toSorted());
  });

  it('can be read by gpgv and by rpm', async () => {
    const paths = files.map((name) => join('kernels/keys', name));
    for (const bytes of await readKeys(paths)) expect(bytes[0]! & 0x80).toBe(0x80);
    const database = join(folder, 'rpmdb');
    execFileSync('rpmkeys', ['--dbpath', database, '--import', ...paths]);
    expect(readdirSync(database)).not.toEqual([]);
  });
});

it('a flavour of a kernel that has none is refused, and the kernel itself is not taken for it', async () => {
  const catalog = await loadCatalog();
  expect(() => catalogKernel(catalog, 'fedora-43/debug')).toThrow(/fedora-43\/debug: of Fedora's kernels no flavours/);
  expect(catalogKernel(catalog, 'fedora-43').id).toBe('fedora-43');
});
