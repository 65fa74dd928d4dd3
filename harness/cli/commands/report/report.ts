// SPDX-License-Identifier: Apache-2.0
import { access, constants, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { ExitCode } from '../../../model/exit-code.js';
import { startDetached } from '../../../proc/detached.js';
import { folderDestination } from '../../../report/destination.js';
import { htmlName, renderHtml } from '../../../report/reporters/html.js';
import { readManifestDiff } from '../../../results/manifest-diff.js';
import { readRunJson, runJsonName } from '../../../results/run-json.js';
import type { CliContext } from '../../context.js';
import { cannotWrite } from '../../writable.js';
import { browserCommands } from './browser.js';
import type { ReportFlags } from './flags.js';

/** `report`: the page of a stored run once more. */
export async function runReportCommand(dir: string, { open }: ReportFlags, cli: CliContext): Promise<ExitCode> {
  const report = await readRunJson(join(dir, runJsonName));
  const stored = await readManifestDiff(dir);
  const folder = await writableFolder(dir);
  const to = folderDestination(folder, { env: cli.env, cwd: process.cwd(), folder });
  const compared = stored === null ? null : { folder: stored.baseline, diffs: stored.kernels };
  await to.save(htmlName, await renderHtml(report, compared, to));
  const page = join(dir, htmlName);
  const shown = open === true && (await shownInBrowser(join(folder, htmlName), cli));
  const why = open === true && !shown ? ' (no browser could be started here)' : '';
  cli.stdout.write(`${shown ? 'opened' : 'written'}: ${page}${why}\n`);
  return ExitCode.ok;
}

/** Its real path: links of the page lead from there. */
async function writableFolder(dir: string): Promise<string> {
  try {
    await access(dir, constants.W_OK);
    return await realpath(dir);
  } catch (cause) {
    const next = 'copy the folder to a place you may write, and name that';
    throw cannotWrite(`${dir}: ${htmlName} cannot be written there`, next, cause);
  }
}

async function shownInBrowser(path: string, { env }: CliContext): Promise<boolean> {
  for (const [file, ...args] of browserCommands(env)) {
    if (await startDetached(file, [...args, path])) return true;
  }
  return false;
}
