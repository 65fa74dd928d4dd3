// SPDX-License-Identifier: Apache-2.0
import { posix } from 'node:path';
import ts from 'typescript';

/** Source files by their paths from the root: `harness/plan/select.ts` to its text. */
export type Sources = ReadonlyMap<string, string>;

/** What every file declares, passes on and takes. */
export type ExportTable = ReadonlyMap<string, FileExports>;

interface FileExports {
  readonly declared: readonly Declared[];
  /** Exported under `name`, from another file where it is called `original`; `*` for all of it. */
  readonly passedOn: readonly { readonly name: string; readonly from: string; readonly original: string }[];
  /** What is taken from which file; `*` for all of it. */
  readonly imported: readonly { readonly from: string; readonly name: string }[];
}

interface Declared {
  readonly name: string;
  /** A type that something else in its own file names: a signature there would be without a name for it. */
  readonly describes: boolean;
}

export function readExports(sources: Sources): ExportTable {
  // An import says .js of a file with JSX, too: here both are called .ts.
  return new Map([...sources].map(([file, text]) => [file.replace(/\.tsx$/, '.ts'), readFile(file, text)]));
}

/** Names that are declared and exported in more than one file, each with those files. */
export function sharedNames(
  table: ExportTable,
): readonly { readonly name: string; readonly files: readonly string[] }[] {
  const places = new Map<string, string[]>();
  for (const [file, { declared }] of table) {
    // A type and a value may share a name in one file.
    for (const name of new Set(declared.map((one) => one.name))) places.set(name, [...(places.get(name) ?? []), file]);
  }
  return [...places]
    .filter(([, files]) => files.length > 1)
    .map(([name, files]) => ({ name, files }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** `file: name` of each export that no other file takes; types that describe a signature of their own file are fine. */
export function unusedExports(table: ExportTable, importers: ExportTable): readonly string[] {
  const all: ExportTable = new Map([...importers, ...table]);
  const taken = new Set<string>();
  for (const { imported } of all.values()) {
    for (const { from, name } of imported) take(all, taken, from, name);
  }
  return [...table].flatMap(([file, { declared }]) =>
    declared
      .filter(({ name, describes }) => !describes && !taken.has(`${file} ${name}`) && !taken.has(`${file} *`))
      .map(({ name }) => `${file}: ${name}`),
  );
}

/** Notes what is taken, through every file that only passes it on. */
function take(table: ExportTable, taken: Set<string>, from: string, name: string): void {
  taken.add(`${from} ${name}`);
  for (const one of table.get(from)?.passedOn ?? []) {
    if (one.name === '*') take(table, taken, one.from, name);
    else if (name === '*' || one.name === name) take(table, taken, one.from, one.original);
  }
}

function readFile(file: string, text: string): FileExports {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const from = (specifier: ts.Expression | undefined): string | null =>
    specifier !== undefined && ts.isStringLiteral(specifier) && specifier.text.startsWith('.')
      ? posix.join(posix.dirname(file), specifier.text.replace(/\.js$/, '.ts'))
      : null;
  const uses = countIdentifiers(source);
  const declared: Declared[] = [];
  const passedOn: FileExports['passedOn'][number][] = [];
  const imported: FileExports['imported'][number][] = [];
  for (const statement of source.statements) {
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    for (const name of declaredNames(statement)) {
      declared.push({ name, describes: isType && (uses.get(name) ?? 0) > 1 });
    }
    if (ts.isImportDeclaration(statement)) {
      const place = from(statement.moduleSpecifier);
      if (place !== null) imported.push(...importedNames(statement).map((name) => ({ from: place, name })));
    }
    if (ts.isExportDeclaration(statement)) {
      const place = from(statement.moduleSpecifier);
      for (const { name, original } of exportedNames(statement)) {
        if (place === null) declared.push({ name, describes: false });
        else passedOn.push({ name, from: place, original });
      }
    }
  }
  imported.push(...importsWhenCalled(source, from));
  return { declared, passedOn, imported };
}

function countIdentifiers(source: ts.SourceFile): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) counts.set(node.text, (counts.get(node.text) ?? 0) + 1);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return counts;
}

function declaredNames(statement: ts.Statement): readonly string[] {
  const exported =
    ts.canHaveModifiers(statement) &&
    (ts.getModifiers(statement) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
  if (!exported) return [];
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []));
  }
  const { name } = statement as { name?: ts.Node };
  return name !== undefined && ts.isIdentifier(name) ? [name.text] : [];
}

function importedNames({ importClause }: ts.ImportDeclaration): readonly string[] {
  const bindings = importClause?.namedBindings;
  if (bindings === undefined) return importClause?.name === undefined ? [] : ['default'];
  if (ts.isNamespaceImport(bindings)) return ['*'];
  return bindings.elements.map(({ propertyName, name }) => (propertyName ?? name).text);
}

function exportedNames({ exportClause }: ts.ExportDeclaration): readonly { name: string; original: string }[] {
  if (exportClause === undefined || ts.isNamespaceExport(exportClause)) return [{ name: '*', original: '*' }];
  return exportClause.elements.map(({ propertyName, name }) => ({
    name: name.text,
    original: (propertyName ?? name).text,
  }));
}

/** `const { run } = await import('./run.js')` takes `run`; any other `import()` takes everything. */
function importsWhenCalled(
  source: ts.SourceFile,
  from: (specifier: ts.Expression | undefined) => string | null,
): FileExports['imported'] {
  const found: FileExports['imported'][number][] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const place = from(node.arguments[0]);
      if (place !== null) found.push(...destructured(node).map((name) => ({ from: place, name })));
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function destructured(call: ts.CallExpression): readonly string[] {
  const declaration = ts.isAwaitExpression(call.parent) ? call.parent.parent : call.parent;
  if (!ts.isVariableDeclaration(declaration) || !ts.isObjectBindingPattern(declaration.name)) return ['*'];
  return declaration.name.elements.flatMap(({ propertyName, name }) => {
    const taken = propertyName ?? name;
    return ts.isIdentifier(taken) ? [taken.text] : ['*'];
  });
}
