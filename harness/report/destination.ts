// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { readInside } from '../results/read-inside.js';
import { writeFileAtomic } from '../proc/atomic.js';
import type { Reporter, ReportKind, Reports } from './reporter.js';
import type { Verbosity, TerminalEnv } from './views/page.js';

/** The part of a terminal that is needed here; `process.stdout` is one. */
export interface TextStream {
  write(text: string): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
}

/** For texts that show paths and colours. */
export interface Surface {
  readonly env: TerminalEnv;
  /** Paths below it are shown relative to it. */
  readonly cwd: string;
  /** The report folder as it will be when the command has ended. */
  readonly folder: string;
  /** Of text for a person; absent for the usual. */
  readonly detail?: Verbosity;
}

/** Where one reporter writes. */
export interface Destination extends Surface {
  /** For text that is shown as it comes. */
  readonly stream: TextStream;
  /** Writes one file of the report whole or not at all; `name` is relative to the report folder. */
  readonly save: (name: string, text: string) => Promise<void>;
  readonly read: ReadReportFile;
}

/** A file of the report folder, by its path there; null where there is none. Logs are there before any reporter ends. */
export type ReadReportFile = (path: string) => Promise<Buffer | null>;

/** Where the report folder may be: while it is made, and when it is in place. */
function reading(folders: readonly string[]): ReadReportFile {
  return async (path) => {
    for (const folder of folders) {
      const bytes = await readInside(folder, path);
      if (bytes !== null) return bytes;
    }
    return null;
  };
}

/** Everything goes to the stream, files too. */
export function streamDestination(stream: TextStream, surface: Surface, staging: string | null = null): Destination {
  return {
    ...surface,
    stream,
    read: reading([...(staging === null ? [] : [staging]), surface.folder]),
    save: (_name, text) => {
      stream.write(text);
      return Promise.resolve();
    },
  };
}

/** Files go into a folder under their own names. There is nowhere to show text as it comes. */
export function folderDestination(folder: string, surface: Surface, staging = folder): Destination {
  return {
    ...surface,
    stream: { write: () => undefined },
    read: reading([staging]),
    save: (name, text) => writeFileAtomic(join(folder, name), text),
  };
}

/** One file of the user's, in place of the name that it would have; text that is shown as it comes is collected. */
export function fileDestination(
  path: string,
  surface: Surface,
  staging: string | null = null,
): Destination & { readonly collected: () => string } {
  let text = '';
  return {
    ...surface,
    stream: { write: (more) => (text += more) },
    read: reading(staging === null ? [] : [staging]),
    save: (_name, whole) => writeFileAtomic(path, whole),
    collected: () => text,
  };
}

/** Makes a reporter that renders the finished report as one file. */
export function oneFileReporter<K extends ReportKind>(
  reporter: string,
  file: string,
  render: (report: Reports[K]) => string,
): (to: Destination) => Reporter<K> {
  return (to) => ({ name: reporter, onEnd: (report) => to.save(file, render(report)) });
}
