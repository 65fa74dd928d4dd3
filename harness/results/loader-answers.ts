import { basename } from 'node:path';

/** What another loader said of one program. `absent`: it did not come to it. */
export type LoaderAnswer =
  | { readonly kind: 'loaded' }
  /** `message`: in its own words, with the errno where it says one. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'absent'; readonly message: string };

/** Answers of one loader on one kernel. */
export type LoaderAnswers = (object: string, program: string) => LoaderAnswer;

const objectName = (path: string): string => basename(path).replace(/\.bpf\.o$/, '');
const keyOf = (object: string, program: string): string => `${object}\t${program}`;

/** Of bpf/probe/loader: OBJECT PROGRAM STAGE ERRNO WARNINGS, with tabs between. Throws for a line that is none. */
export function readLoaderLines(text: string): LoaderAnswers {
  const answers = new Map<string, LoaderAnswer>();
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const [path, program, stage, errno, warnings] = line.split('\t');
    if (path === undefined || program === undefined || errno === undefined || warnings === undefined) {
      throw new Error(`no line of the loader: ${line}`);
    }
    const message = `${stage} ${errno}: ${warnings.trim()}`;
    const loaded = stage === 'load' && errno === '0';
    answers.set(keyOf(objectName(path), program), loaded ? { kind: 'loaded' } : { kind: 'refused', message });
  }
  // What cannot be opened has no programs.
  return (object, program) =>
    answers.get(keyOf(object, program)) ??
    answers.get(keyOf(object, '-')) ?? { kind: 'absent', message: 'the loader has no such program' };
}

/**
 * Of `veristat -o csv -e file,prog,verdict`. What it cannot open is not in its table; it says so on stderr:
 * `Failed to open 'FILE': -22`.
 */
export function readVeristat(csv: string, stderr: string): LoaderAnswers {
  const answers = new Map<string, LoaderAnswer>();
  for (const line of csv.trim().split('\n').slice(1)) {
    const [file, program, verdict] = line.split(',');
    if (file === undefined || program === undefined) continue;
    const loaded = verdict === 'success';
    answers.set(keyOf(objectName(file), program), loaded ? { kind: 'loaded' } : { kind: 'refused', message: 'failure' });
  }
  const unopened = new Map(
    [...stderr.matchAll(/^Failed to open '([^']+)': (-?\d+)/gm)].map(([, file = '', errno = '']) => [
      objectName(file),
      errno,
    ]),
  );
  return (object, program) => {
    const errno = unopened.get(object);
    if (errno !== undefined) return { kind: 'refused', message: `open ${errno}` };
    return answers.get(keyOf(object, program)) ?? { kind: 'absent', message: 'veristat has no row' };
  };
}
