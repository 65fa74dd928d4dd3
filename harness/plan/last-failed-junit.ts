// SPDX-License-Identifier: Apache-2.0
import { checkClasses } from '../model/check.js';
import type { JunitCase, JunitProperties, JunitRun, JunitSuite } from '../model/junit.js';
import { unavailableReasons } from '../model/verdict.js';
import { joinedClasses, joinedPrograms, type LastRun, type PartOfKernel } from './last-failed.js';

/** The same as of `run.json`, of the file that CI systems keep when they keep one: its suites say what they are about. */
export function lastRunOfJunit({ suites }: JunitRun): LastRun {
  const loads = suites.filter((suite) => suite.part === 'load');
  const kernels = loads.map((load) => kernelOf(load, suites));
  const failed = kernels.filter(({ hasFailed, isMissing }) => hasFailed && !isMissing);
  const findings = suites.flatMap((suite) => (suite.part === 'run' ? suite.cases.map(messageOf) : []));
  const names = new Set(failed.flatMap(({ objects }) => objects));
  return {
    isCommand: loads.some(({ cases }) => cases.some(({ name }) => name === 'command')),
    hasAgent: suites.some(({ properties = [] }) => properties.some(([name]) => name === 'agent.name')),
    kernels: kernels.length,
    findings,
    failed:
      failed.length === 0
        ? null
        : {
            kernels: failed.map(({ id }) => id),
            leftOut: kernels.filter(({ isMissing }) => isMissing).map(({ id }) => id),
            objects: objectFiles(loads, names),
            classes: joinedClasses(failed.map(({ classes }) => classes)),
            programs: joinedPrograms(failed.flatMap(({ programs }) => programs)),
          },
  };
}

interface KernelOfJunit {
  readonly id: string;
  readonly isMissing: boolean;
  readonly hasFailed: boolean;
  /** Names of the objects that failed. */
  readonly objects: readonly string[];
  /** Of each of them the programs that failed. */
  readonly programs: readonly (readonly string[])[];
  readonly classes: PartOfKernel;
}

function kernelOf(load: JunitSuite, suites: readonly JunitSuite[]): KernelOfJunit {
  const id = load.kernel ?? load.name;
  const own = suites.filter(({ kernel }) => kernel === id);
  const red = load.cases.filter(isRed);
  const objects = [...new Set(red.filter(isOfObject).map(({ classname }) => classname.slice(id.length + 1)))];
  return {
    id,
    isMissing: load.cases.some(isMissing),
    hasFailed: own.some(({ cases }) => cases.some(isRed)),
    objects,
    programs: objects.map((name) =>
      programsIn(red.filter((one) => isOfObject(one) && one.classname === `${id}.${name}`)),
    ),
    classes: classesOf(load, own),
  };
}

function classesOf(load: JunitSuite, own: readonly JunitSuite[]): PartOfKernel {
  if (own.some(({ part, cases }) => part === 'machines' && cases.some(isRed))) return 'all';
  const withCase = (holds: (one: JunitCase) => boolean): PartOfKernel =>
    checkClasses.filter((name) => own.some(({ part, cases }) => part === name && cases.some(holds)));
  const failing = withCase(isRed);
  if (failing.length > 0) return failing;
  const isExplained = load.cases.some((one) => one.result.kind === 'error' || (isRed(one) && isOfObject(one)));
  return isExplained ? [] : withCase(isUnproved);
}

/** `socket_connect load`, `whole object`; the kernel itself and a command are one word. */
function isOfObject({ name }: JunitCase): boolean {
  return name.includes(' ');
}

/** `socket_connect load`: one word before the step, unlike `whole object` and an object without some programs. */
function programsIn(cases: readonly JunitCase[]): readonly string[] {
  return cases.flatMap(({ name }) => /^(\S+) (?:load|attach)(?: \(\d+\))?$/.exec(name)?.[1] ?? []);
}

/** Files of these objects; of all where none is named. */
function objectFiles(loads: readonly JunitSuite[], names: ReadonlySet<string>): readonly string[] {
  const files = loads.flatMap(({ properties = [] }) => objectsIn(properties));
  return [...new Set(files.filter(([name]) => names.size === 0 || names.has(name)).map(([, file]) => file))];
}

function objectsIn(properties: JunitProperties): readonly (readonly [name: string, file: string])[] {
  return properties.flatMap(([key, file]) => {
    const name = /^object\.(.*)\.file$/.exec(key)?.[1];
    return name === undefined ? [] : [[name, file] as const];
  });
}

function isRed({ result }: JunitCase): boolean {
  return result.kind === 'failure' || result.kind === 'error';
}

function isMissing({ result }: JunitCase): boolean {
  return result.kind === 'error' && unavailableReasons.some((reason) => reason === result.type);
}

/** As the reporter puts it. */
function isUnproved({ result }: JunitCase): boolean {
  return result.kind === 'skipped' && result.message.startsWith('unproved: ');
}

function messageOf({ result, name }: JunitCase): string {
  return result.kind === 'passed' ? name : result.message;
}
