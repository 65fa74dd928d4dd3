// SPDX-License-Identifier: Apache-2.0
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { browserCommands } from '../../../cli/commands/report/browser.js';
import { runReportCommand } from '../../../cli/commands/report/report.js';
import type { CliContext } from '../../../cli/context.js';
import type { BaselineResult } from '../../../report/reporter.js';
import { htmlReporter } from '../../../report/reporters/html.js';
import { folderDestination } from '../../../report/destination.js';
import { manifestDiffName, renderManifestDiffJson } from '../../../results/manifest-diff.js';
import { writeRunJson } from '../../../results/run-json.js';
import { pageDataIn } from '../../fixtures/html.js';
import { rejectedOn612 } from '../../fixtures/reports.js';

let folder: string;
let said: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'report-test-'));
  said = '';
});
afterEach(() => rm(folder, { recursive: true }));

const cli = (env: NodeJS.ProcessEnv = {}): CliContext =>
  ({ env, stdout: { write: (text: string) => (said += text) } }) as unknown as CliContext;
const page = (): Promise<string> => readFile(join(folder, 'report.html'), 'utf8');

it('makes the page of a stored run, byte for byte as the run did, with what changed against the baseline', async () => {
  const change = { kind: 'VERIFIER_REGRESSION', item: 'aegis/file_open', before: '1', now: '2' } as const;
  const diffs = [{ kernel: '6.1', skipped: null, changes: [change], updated: false }];
  const report = rejectedOn612();
  const to = folderDestination(folder, { env: {}, cwd: folder, folder });
  const baseline: BaselineResult = { folder: 'b', scope: 'whole', manifests: null, diffs, leftAlone: null };
  await htmlReporter.kinds.run?.(to).onEnd?.({ report, baseline });
  const before = await page();
  await rm(join(folder, 'report.html'));
  await writeRunJson(folder, report);
  await writeFile(join(folder, manifestDiffName), renderManifestDiffJson({ baseline: 'b', kernels: diffs }));
  expect(await runReportCommand(folder, {}, cli())).toBe(0);
  expect(await page()).toBe(before);
  expect(pageDataIn(before).entries[0]).toMatchObject({ group: 'Against the baseline', code: 'VERIFIER_REGRESSION' });
  expect(said).toBe(`written: ${folder}/report.html\n`);
});

it('opens it in the browser that is named, and says where it is without one', async () => {
  await writeRunJson(folder, rejectedOn612());
  const browser = join(folder, 'browser');
  await writeFile(browser, `#!/bin/sh\necho "$@" > ${folder}/seen\n`);
  await chmod(browser, 0o755);
  await runReportCommand(folder, { open: true }, cli({ BROWSER: `${folder}/none:${browser} --new` }));
  expect(said).toBe(`opened: ${folder}/report.html\n`);
  expect(await readFile(join(folder, 'seen'), 'utf8')).toBe(`--new ${folder}/report.html\n`);
  said = '';
  await runReportCommand(folder, { open: true }, cli());
  expect(said).toBe(`written: ${folder}/report.html (no browser could be started here)\n`);
});

it('is a usage error for a folder without a run, and for a damaged one', async () => {
  const failure = { exitCode: 2 };
  await expect(runReportCommand(folder, {}, cli())).rejects.toMatchObject(failure);
  await writeRunJson(folder, rejectedOn612());
  for (const text of ['{', '{"schema":1,"baseline":"b","kernels":[{}]}', '{"schema":2,"baseline":"b","kernels":[]}']) {
    await writeFile(join(folder, manifestDiffName), text);
    await expect(runReportCommand(folder, {}, cli())).rejects.toMatchObject({
      ...failure,
      message: expect.stringContaining(manifestDiffName) as string,
    });
  }
});

it('asks the desktop only where there is a display', () => {
  expect(browserCommands({})).toEqual([]);
  expect(browserCommands({ BROWSER: 'a  -x:b', DISPLAY: '' })).toEqual([['a', '-x'], ['b']]);
  expect(browserCommands({ WAYLAND_DISPLAY: 'wayland-0' })[0]).toEqual(['xdg-open']);
});
