// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { type Archive, archivesOf, archiveUri } from '../../../kernels/providers/apt/archives.js';
import { familyMirrors, readHostSources, securityMirrorBeside } from '../../../kernels/providers/apt/host-mirrors.js';
import { parseDeb822, parseOneLine } from '../../../kernels/providers/apt/sources-parse.js';
import { loadCatalog } from '../../../kernels/catalog.js';
import { archiveSettings } from '../../../kernels/settings.js';

const made: string[] = [];
afterEach(async () => {
  await Promise.all(made.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function etcApt(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bm-etc-apt-'));
  made.push(folder);
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

describe('one-line sources', () => {
  test('options, comments and source lines', () => {
    const text = [
      '# deb http://commented.example/debian bookworm main',
      'deb-src http://a.example/debian bookworm main',
      'deb http://a.example/debian bookworm main contrib # a comment',
      'deb [arch=amd64,arm64 signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://b.example/debian/ trixie main',
      'deb [ arch=arm64 ] http://c.example/debian trixie main',
      '\tdeb  [trusted=yes]  file:/srv/flat  ./',
    ].join('\n');
    expect(parseOneLine(text)).toEqual([
      { uri: 'http://a.example/debian', suite: 'bookworm', components: ['main', 'contrib'], signedBy: null },
      {
        uri: 'http://b.example/debian/',
        suite: 'trixie',
        components: ['main'],
        signedBy: '/usr/share/keyrings/debian-archive-keyring.gpg',
      },
      { uri: 'file:/srv/flat', suite: './', components: [], signedBy: null },
    ]);
  });
});

describe('deb822 sources', () => {
  test('several URIs and suites, continuation lines, comments, disabled stanzas', () => {
    const text = [
      'Types: deb deb-src',
      '# http://snapshot.debian.org/archive/debian/20250520T000000Z',
      'URIs: http://a.example/debian http://b.example/debian',
      'Suites: bookworm',
      ' bookworm-updates',
      'Components: main',
      'Signed-By:',
      ' -----BEGIN PGP PUBLIC KEY BLOCK-----',
      ' .',
      ' mDMEY865UxYJKwYBBAHaRw8BAQdAd7Z0srwuhlB6JKFkcf4HU4SSS',
      ' -----END PGP PUBLIC KEY BLOCK-----',
      '',
      'Types: deb',
      'Enabled: no',
      'URIs: http://off.example/debian',
      'Suites: bookworm',
      'Components: main',
      ' ',
      'types: deb',
      'uris: http://arm.example/debian',
      'suites: bookworm',
      'components: main',
      'architectures: arm64',
    ].join('\n');
    const entries = parseDeb822(text);
    expect(entries.map((entry) => [entry.uri, entry.suite])).toEqual([
      ['http://a.example/debian', 'bookworm'],
      ['http://a.example/debian', 'bookworm-updates'],
      ['http://b.example/debian', 'bookworm'],
      ['http://b.example/debian', 'bookworm-updates'],
    ]);
    expect(entries[0]!.signedBy).toContain('BEGIN PGP');
  });
});

describe("a family's mirrors among the host's sources", () => {
  const third = [
    'deb [signed-by=/etc/apt/keyrings/docker.gpg] https://download.example/linux/debian bookworm stable',
    'deb https://download.example/linux/debian bookworm stable',
    'deb https://apt.example/pub/repos/apt bookworm-pgdg main',
    'deb [signed-by=/usr/share/keyrings/vendor.gpg] https://vendor.example/debian bookworm main',
    'deb https://ppa.launchpadcontent.net/someone/ppa/ubuntu noble main',
    'deb http://ports.example/ubuntu-ports noble main',
  ].join('\n');

  test.each([
    {
      host: 'Debian 12 in a container',
      files: {
        'sources.list.d/debian.sources': [
          'Types: deb\nURIs: http://deb.example/debian\nSuites: bookworm bookworm-updates\nComponents: main',
          'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg\n',
          'Types: deb\nURIs: http://deb.example/debian-security\nSuites: bookworm-security\nComponents: main',
          'Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg',
        ].join('\n'),
      },
      debian: [{ archive: 'http://deb.example/debian/', security: 'http://deb.example/debian-security/' }],
      ubuntu: [],
    },
    {
      host: 'Debian with one-line sources and security on a host of its own',
      files: {
        'sources.list':
          'deb http://ftp.example/debian/ bookworm main\ndeb http://security.example/debian-security bookworm-security main\n',
      },
      debian: [{ archive: 'http://ftp.example/debian/', security: 'http://security.example/debian-security/' }],
      ubuntu: [],
    },
    {
      host: 'Debian without security sources',
      files: { 'sources.list': 'deb http://ftp.example/debian bookworm main' },
      debian: [{ archive: 'http://ftp.example/debian/', security: 'http://ftp.example/debian-security/' }],
      ubuntu: [],
    },
    {
      host: 'a cloud image with files of mirrors',
      files: {
        'sources.list.d/debian.sources':
          'Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian.list\nSuites: bookworm\nComponents: main\n\n' +
          'Types: deb\nURIs: mirror+file:///etc/apt/mirrors/debian-security.list\nSuites: bookworm-security\nComponents: main\n',
      },
      debian: [
        {
          archive: 'mirror+file:///etc/apt/mirrors/debian.list',
          security: 'mirror+file:///etc/apt/mirrors/debian-security.list',
        },
      ],
      ubuntu: [],
    },
    {
      host: 'Ubuntu 24.04',
      files: {
        'sources.list': '# moved to ubuntu.sources',
        'sources.list.d/ubuntu.sources': [
          'Types: deb\nURIs: http://azure.example/ubuntu/\nSuites: noble noble-updates noble-backports',
          'Components: main universe restricted multiverse\nSigned-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg\n',
          'Types: deb\nURIs: http://security.example/ubuntu/\nSuites: noble-security\nComponents: main universe',
          'Signed-By: /usr/share/keyrings/ubuntu-archive-keyring.gpg',
        ].join('\n'),
      },
      debian: [],
      ubuntu: [{ archive: 'http://azure.example/ubuntu/', security: 'http://azure.example/ubuntu/' }],
    },
    { host: 'nothing but third parties', files: { 'sources.list.d/others.list': third }, debian: [], ubuntu: [] },
    { host: 'no sources at all', files: {}, debian: [], ubuntu: [] },
  ])('$host', async ({ files, debian, ubuntu }) => {
    const sources = await readHostSources(await etcApt(files));
    expect(familyMirrors('debian', sources)).toEqual(debian);
    expect(familyMirrors('ubuntu', sources)).toEqual(ubuntu);
  });

  test('files that apt does not read are not read', async () => {
    const folder = await etcApt({
      'sources.list.d/old.list.disabled': 'deb http://off.example/debian bookworm main',
      'sources.list.d/x.sources.save': 'Types: deb\nURIs: http://off.example/debian\nSuites: a\nComponents: main',
    });
    expect(await readHostSources(folder)).toEqual([]);
  });

  test('a path that is not /debian has no security sibling', () => {
    expect(securityMirrorBeside('debian', 'http://deb.example/mirror/')).toBeNull();
  });
});

describe('the order of archives', () => {
  test('configured, then the host, then the dated snapshot; each once', async () => {
    const catalog = await loadCatalog();
    const folder = await etcApt({ 'sources.list': 'deb http://ftp.example/debian bookworm main' });
    const settings = archiveSettings(
      { debianArchive: 'http://config.example/debian/', etcApt: folder },
      { BPF_MATRIX_DEBIAN_ARCHIVE: 'http://env.example/debian/', BPF_MATRIX_UBUNTU_ARCHIVE: '' },
    );
    const archives = await archivesOf('debian', catalog, settings, '20260101T000000Z');
    expect(archives.map((archive) => [archive.origin, archive.archive, archive.expires])).toEqual([
      ['configured', 'http://env.example/debian/', true],
      ["this host's mirror", 'http://ftp.example/debian/', true],
      ['public snapshot', 'http://snapshot.debian.org/archive/debian/20260101T000000Z/', false],
    ]);
    expect(archiveUri(archives[0] as Archive, 'bookworm-security')).toBe('http://env.example/debian-security/');
    expect(archiveUri(archives[2] as Archive, 'bookworm-security')).toBe(
      'http://snapshot.debian.org/archive/debian-security/20260101T000000Z/',
    );
  });

  test('without a date of its own the snapshot is the one of the catalog', async () => {
    const catalog = await loadCatalog();
    const [last] = (await archivesOf('ubuntu', catalog, { etcApt: '/nonexistent' })).slice(-1);
    expect(last!.archive).toBe(`https://snapshot.ubuntu.com/ubuntu/${catalog.families.ubuntu.snapshot.date}/`);
  });
});
