// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:os';
import { basename } from 'node:path';
import type { LoaderAnswer } from '../model/loader-answer.js';

/** One program of one object; `-` where the object could not be opened. */
export interface ProgramKey {
  readonly object: string;
  readonly program: string;
}

/** What one loader said on one kernel. */
export interface LoaderAnswers {
  readonly of: (key: ProgramKey) => LoaderAnswer;
  /** All that it has an answer for. */
  readonly keys: readonly ProgramKey[];
}

/** The program of an object without any. */
export const noProgram = '-';

type Answered = ProgramKey & { readonly answer: LoaderAnswer };

const objectName = (path: string): string => basename(path).replace(/\.bpf\.o$/, '');

/** Of bpf/probe/loader: OBJECT PROGRAM STAGE ERRNO WARNINGS, with tabs between. Throws for a line that is none. */
export function readLoaderLines(text: string): LoaderAnswers {
  return answersOf(
    text
      .split('\n')
      .filter((line) => line !== '')
      .map(loaderLine),
    'the loader has no such program',
  );
}

function loaderLine(line: string): Answered {
  const [path, program, stage, errno, warnings] = line.split('\t');
  if (path === undefined || program === undefined || errno === undefined || warnings === undefined) {
    throw new Error(`no line of the loader: ${line}`);
  }
  const loaded = stage === 'load' && errno === '0';
  return {
    object: objectName(path),
    program,
    answer: loaded
      ? { kind: 'loaded' }
      : {
          kind: 'refused',
          errno: stage === 'died' ? null : subjectErrno(Number(errno)),
          message: `${stage} ${errno}: ${warnings.trim()}`,
        },
  };
}

/** libbpf's own codes begin at 4000 (bpf/guest/object.c). */
const subjectErrno = (errno: number): number => (errno >= 4000 ? constants.errno.ENOEXEC : errno);

/**
 * Of `veristat -o csv -e file,prog,verdict`. What it cannot open is not in its table; it says so on stderr:
 * `Failed to open 'FILE': -22`.
 */
export function readVeristat(csv: string, stderr: string): LoaderAnswers {
  const [, ...rows] = csv.trim().split('\n');
  const unopened = [...stderr.matchAll(/^Failed to (?:open|process) '([^']+)': (-?\d+)/gm)];
  return answersOf(
    [
      ...rows.map(veristatRow),
      ...unopened.map(([message, file = '']): Answered => {
        return { object: objectName(file), program: noProgram, answer: { kind: 'refused', errno: null, message } };
      }),
    ],
    'veristat has no row',
  );
}

function veristatRow(row: string): Answered {
  const [file, program, verdict] = row.split(',');
  if (file === undefined || program === undefined || (verdict !== 'success' && verdict !== 'failure')) {
    throw new Error(`no row of veristat: ${row}`);
  }
  const answer: LoaderAnswer =
    verdict === 'success' ? { kind: 'loaded' } : { kind: 'refused', errno: null, message: verdict };
  return { object: objectName(file), program, answer };
}

/** What is said of an object as a whole is said of each of its programs. */
function answersOf(answered: readonly Answered[], absent: string): LoaderAnswers {
  const table = new Map(answered.map(({ answer, ...key }) => [textOf(key), answer]));
  return {
    of: (key) =>
      table.get(textOf(key)) ??
      table.get(textOf({ ...key, program: noProgram })) ?? { kind: 'absent', message: absent },
    keys: answered.map(({ object, program }) => ({ object, program })),
  };
}

const textOf = ({ object, program }: ProgramKey): string => `${object}\t${program}`;
