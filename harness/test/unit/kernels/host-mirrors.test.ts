// SPDX-License-Identifier: Apache-2.0
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Archive, archivesOf, archiveUri } from '../../../kernels/providers/apt/archives.js';
import {
  familyMirrors,
  readHostSources,
  securityMirrorBeside,
  sourcePlacesIn,
} from '../../../kernels/providers/apt/host-mirrors.js';
import { hostSourcePlaces } from '../../../kernels/providers/apt/host-apt.js';
import { parseDeb822, parseOneLine } from '../../../kernels/providers/apt/sources-parse.js';
import { publicMirrors } from '../../../kernels/providers/apt/public-mirrors.js';
import { type Catalog, loadCatalog } from '../../../kernels/catalog.js';
import { archiveSettings } from '../../../kernels/settings.js';
import { SigningKey } from './fixture/archive.js';
import { type Target, targetNamed, unnamedTarget } from '../../../target.js';

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

test("the host's sources are where its apt has them", async () => {
  const folder = await etcApt({
    'apt.conf': 'Dir::Etc::sourcelist "mine.list";\nDir::Etc::sourceparts "more.d";\n',
    'mine.list': 'deb http://one.example/ubuntu jammy main\n',
    'more.d/two.sources': 'Types: deb\nURIs: http://two.example/ubuntu\nSuites: jammy\nComponents: main\n',
  });
  const before = process.env['APT_CONFIG'];
  try {
    process.env['APT_CONFIG'] = join(folder, 'apt.conf');
    await writeFile(join(folder, 'apt.conf'), `Dir::Etc "${folder}/";\n`, { flag: 'a' });
    const sources = await readHostSources(await hostSourcePlaces());
    expect(sources.map(({ uri }) => uri)).toEqual(['http://one.example/ubuntu', 'http://two.example/ubuntu']);
  } finally {
    if (before === undefined) delete process.env['APT_CONFIG'];
    else process.env['APT_CONFIG'] = before;
  }
});

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
    const sources = await readHostSources(sourcePlacesIn(await etcApt(files)));
    expect(familyMirrors('debian', sources)).toEqual(debian);
    expect(familyMirrors('ubuntu', sources)).toEqual(ubuntu);
  });

  test('files that apt does not read are not read', async () => {
    const folder = await etcApt({
      'sources.list.d/old.list.disabled': 'deb http://off.example/debian bookworm main',
      'sources.list.d/x.sources.save': 'Types: deb\nURIs: http://off.example/debian\nSuites: a\nComponents: main',
    });
    expect(await readHostSources(sourcePlacesIn(folder))).toEqual([]);
  });

  test('a path that is not /debian has no security sibling', () => {
    expect(securityMirrorBeside('debian', 'http://deb.example/mirror/')).toBeNull();
  });
});

/** The project's catalog, with other public mirrors. */
async function catalogOf(
  family: 'debian' | 'ubuntu',
  mirrors: Catalog['families']['debian']['mirrors'],
  mirrorTemplate: string | null = null,
): Promise<Catalog> {
  const catalog = await loadCatalog();
  const other = { ...catalog.families[family], mirrors, mirrorTemplate };
  return { ...catalog, families: { ...catalog.families, [family]: other } };
}

describe('the order of archives', () => {
  test('configured, then the host, then public mirrors that are neither, then the dated snapshot; each once', async () => {
    const catalog = await catalogOf('debian', [
      { archive: 'https://ftp.example/debian/', security: 'http://security.example/debian-security/' },
      { archive: 'http://public.example/debian/', security: 'http://public.example/debian-security/' },
    ]);
    const folder = await etcApt({ 'sources.list': 'deb http://ftp.example/debian bookworm main' });
    const settings = archiveSettings(
      { debianArchive: 'http://config.example/debian/', etcApt: folder },
      { BPF_MATRIX_DEBIAN_ARCHIVE: 'http://env.example/debian/', BPF_MATRIX_UBUNTU_ARCHIVE: '' },
    );
    const { asked: archives } = await archivesOf('debian', catalog, settings, '20260101T000000Z');
    expect(archives.map((archive) => [archive.origin, archive.archive, archive.expires])).toEqual([
      ['configured', 'http://env.example/debian/', true],
      ["this host's mirror", 'http://ftp.example/debian/', true],
      ['public mirror', 'http://public.example/debian/', true],
      ['public snapshot', 'http://snapshot.debian.org/archive/debian/20260101T000000Z/', false],
    ]);
    expect(archiveUri(archives[0] as Archive, 'bookworm-security')).toBe('http://env.example/debian-security/');
    expect(archiveUri(archives[3] as Archive, 'bookworm-security')).toBe(
      'http://snapshot.debian.org/archive/debian-security/20260101T000000Z/',
    );
  });

  test('without a date of its own the snapshot is the one of the catalog', async () => {
    const catalog = await loadCatalog();
    const { asked } = await archivesOf('ubuntu', catalog, { etcApt: '/nonexistent' });
    expect(asked.at(-1)!.archive).toBe(`https://snapshot.ubuntu.com/ubuntu/${catalog.families.ubuntu.snapshot.date}/`);
  });

  test.each(['debian', 'ubuntu'] as const)('%s: a host of another family has live mirrors to ask', async (family) => {
    const { mirrors } = (await loadCatalog()).families[family];
    const { asked } = await archivesOf(family, await catalogOf(family, mirrors), { etcApt: '/nonexistent' });
    expect(asked.map(({ origin }) => origin)).toEqual(['public mirror', 'public mirror', 'public snapshot']);
  });
});

describe("python-apt's templates", () => {
  /** Shaped as Ubuntu's, with stanzas for other architectures and suites before and after. */
  const info = [
    'ChangelogURI: http://changelogs.example/%s',
    '',
    'Suite: devel',
    'RepositoryType: deb',
    'BaseURI: http://ports.example/ubuntu-ports/',
    'MatchURI: ports',
    'BaseURI-amd64: http://archive.example/ubuntu',
    'MirrorsFile-amd64: Ubuntu.mirrors',
    '',
    'Suite: devel-security',
    'ParentSuite: devel',
    'BaseURI: http://ports.example/ubuntu-ports/',
    'BaseURI-amd64: http://security.example/ubuntu/',
  ].join('\n');
  const list = [
    'mirror://mirrors.example/mirrors.txt',
    '#LOC:AT',
    'http://at.example/ubuntu/',
    '#LOC:DE',
    'ftp://old.example/ubuntu/',
    'https://one.example/ubuntu/',
    'http://two.example/ubuntu/',
    'http://three.example/ubuntu/',
    '#LOC:DK',
    'http://dk.example/ubuntu/',
  ].join('\n');
  const pinned = [{ archive: 'http://pinned.example/ubuntu/', security: 'http://pinned.example/ubuntu/' }];

  test.each([
    {
      country: 'DE',
      expected: ['http://archive.example/ubuntu/', 'https://one.example/ubuntu/', 'http://two.example/ubuntu/'],
    },
    {
      country: 'DK',
      expected: ['http://archive.example/ubuntu/', 'http://dk.example/ubuntu/', 'http://pinned.example/ubuntu/'],
    },
    { country: null, expected: ['http://archive.example/ubuntu/', 'http://pinned.example/ubuntu/'] },
    { country: 'XX', expected: ['http://archive.example/ubuntu/', 'http://pinned.example/ubuntu/'] },
  ])(
    'the main archive, then two of $country, then those of the catalog; three in all',
    async ({ country, expected }) => {
      const folder = await etcApt({ 'Ubuntu.info': info, 'Ubuntu.mirrors': list });
      const catalog = await catalogOf('ubuntu', pinned, join(folder, 'Ubuntu.info'));
      const mirrors = await publicMirrors('ubuntu', catalog, { country, host: unnamedTarget }, []);
      expect(mirrors.map(({ archive }) => archive)).toEqual(expected);
      expect(mirrors[0]!.security).toBe('http://security.example/ubuntu/');
    },
  );

  test('are those of the kernels that the family has, whatever the host is', async () => {
    const folder = await etcApt({ 'Ubuntu.info': info, 'Ubuntu.mirrors': list });
    const catalog = await catalogOf('ubuntu', pinned, join(folder, 'Ubuntu.info'));
    const asked = (host: Target) => publicMirrors('ubuntu', catalog, { country: 'DE', host }, []);
    expect(await asked(targetNamed('arm64')!)).toEqual(await asked(unnamedTarget));
  });

  test.each([
    { name: 'none installed', files: {} },
    { name: 'one of another shape', files: { 'Ubuntu.info': 'no template' } },
  ])('$name: those of the catalog', async ({ files }) => {
    const catalog = await catalogOf('ubuntu', pinned, join(await etcApt(files), 'Ubuntu.info'));
    expect(await publicMirrors('ubuntu', catalog, { country: 'DE', host: unnamedTarget }, [])).toEqual(pinned);
  });

  test('the country is that of the locale', () => {
    expect(archiveSettings({}, { LANG: 'de_AT.UTF-8' }).country).toBe('AT');
    expect(archiveSettings({}, { LANG: 'de_AT.UTF-8', LC_ALL: 'en_US' }).country).toBe('US');
    expect(archiveSettings({}, { LANG: 'C.UTF-8' }).country).toBeUndefined();
  });
});

describe('files of mirrors', () => {
  const ofUbuntu = 'http://azure.example/ubuntu/\tpriority:1\n# main\nhttps://archive.example/ubuntu\tpriority:2\n';
  const mixed = 'http://azure.example/ubuntu/\nhttp://vendor.example/pool/\n';
  const ofDebian = 'http://cdn.example/debian/\nhttp://ftp.example/debian/\n';

  test.each([
    { name: "with a family's mirrors, whatever they are called", list: ofUbuntu, ubuntu: 1, debian: [] },
    { name: "one of which is nobody's", list: mixed, ubuntu: 0, debian: [] },
    {
      name: 'beside which nothing says where security is',
      list: ofDebian,
      ubuntu: 0,
      debian: ['http://cdn.example/debian-security/'],
    },
  ])('a file $name', async ({ list, ubuntu, debian }) => {
    const folder = await etcApt({ 'apt-mirrors.txt': list });
    const source = `deb mirror+file:${folder}/apt-mirrors.txt jammy main\n`;
    const sources = await readHostSources(sourcePlacesIn(await etcApt({ 'sources.list': source })));
    expect(familyMirrors('ubuntu', sources)).toHaveLength(ubuntu);
    expect(familyMirrors('debian', sources).map(({ security }) => security)).toEqual(debian);
  });

  test.each([
    ['deb mirror://mirrors.ubuntu.example/mirrors.txt jammy main universe', 1],
    ['deb mirror+https://mirrors.example/list.txt jammy main', 0],
    [
      'deb [signed-by=/usr/share/keyrings/ubuntu-archive-keyring.gpg] mirror+https://mirrors.example/list.txt jammy main',
      1,
    ],
    [
      'deb [arch=amd64 signed-by=/etc/apt/own.gpg,/usr/share/keyrings/ubuntu-archive-keyring.gpg] http://a.example/u jammy main',
      1,
    ],
  ])('%s', async (line, count) => {
    expect(
      familyMirrors('ubuntu', await readHostSources(sourcePlacesIn(await etcApt({ 'sources.list': line })))),
    ).toHaveLength(count);
  });
});

describe('a key in the source itself', () => {
  let home: string;
  let ours: SigningKey;
  let theirs: SigningKey;
  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'bm-keys-'));
    [ours, theirs] = await Promise.all([SigningKey.make(join(home, 'ours')), SigningKey.make(join(home, 'theirs'))]);
  });
  afterAll(async () => {
    await Promise.all([ours.close(), theirs.close()]);
    await rm(home, { recursive: true, force: true });
  });

  async function mirrorsSignedBy(key: SigningKey, comment: readonly string[], keyring: Buffer | null) {
    const armor = (await key.gpg('--armor', ...comment, '--export')).trimEnd().split('\n');
    const lines = armor.map((line) => ` ${line === '' ? '.' : line}`);
    const source = ['Types: deb', 'URIs: http://a.example/debian', 'Suites: trixie', 'Components: main', 'Signed-By:'];
    const text = [...source, ...lines, ''].join('\n');
    const sources = await readHostSources(sourcePlacesIn(await etcApt({ 'sources.list.d/a.sources': text })));
    return familyMirrors('debian', sources, keyring);
  }

  test.each([[], ['--comment', 'of the tests']].map((comment) => ({ comment })))(
    "is the family's where its keyring has it; with $comment",
    async ({ comment }) => {
      const keyring = await readFile(ours.keyring);
      expect(await mirrorsSignedBy(ours, comment, keyring)).toHaveLength(1);
      expect(await mirrorsSignedBy(theirs, comment, keyring)).toEqual([]);
      expect(await mirrorsSignedBy(theirs, comment, null)).toHaveLength(1);
    },
  );

  test.each(['', 'AAAA', '////', 'mDME', 'xv////8A'])('that is none belongs to nobody: %j', (block) => {
    const signedBy = `-----BEGIN PGP PUBLIC KEY BLOCK----- . ${block} -----END PGP PUBLIC KEY BLOCK-----`;
    const source = { uri: 'http://a.example/debian', suite: 'trixie', components: ['main'], signedBy, listed: [] };
    expect(familyMirrors('debian', [source], Buffer.from('keyring'))).toEqual([]);
  });
});
