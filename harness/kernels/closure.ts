// SPDX-License-Identifier: Apache-2.0
import { dependenciesOf, ModuleError, type ModuleTree, readModule } from './modules.js';

/** A module as it will be loaded: its name, its bytes decompressed. */
export interface LoadableModule {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface Closure {
  /** Every wanted module and what it depends on, dependencies first, each once. */
  readonly modules: readonly LoadableModule[];
  /** Wanted or depended on, and neither a file nor built in: name and who needs it (null: asked for). */
  readonly missing: readonly { readonly name: string; readonly neededBy: string | null }[];
}

/**
 * Orders modules for loading. Each module's own `depends=` is read, since the packages carry no modules.dep.
 * @throws ModuleError when modules depend on each other in a circle; errors of readModule.
 */
export async function moduleClosure(
  tree: ModuleTree,
  wanted: readonly string[],
  isBuiltin: (name: string) => boolean,
  signal?: AbortSignal,
): Promise<Closure> {
  const done = new Map<string, LoadableModule | null>();
  const missing: { name: string; neededBy: string | null }[] = [];

  async function visit(name: string, path: readonly string[]): Promise<void> {
    if (path.includes(name)) {
      throw new ModuleError(
        `modules depend on each other in a circle: ${[...path.slice(path.indexOf(name)), name].join(' -> ')}`,
      );
    }
    if (done.has(name) || isBuiltin(name)) return;
    const file = tree.files.get(name);
    if (file === undefined) {
      missing.push({ name, neededBy: path.at(-1) ?? null });
      done.set(name, null);
      return;
    }
    const bytes = await readModule(file, signal);
    for (const dependency of dependenciesOf(bytes)) await visit(dependency, [...path, name]);
    done.set(name, { name, bytes });
  }

  for (const name of wanted) await visit(name, []);
  return { modules: [...done.values()].filter((module) => module !== null), missing };
}
