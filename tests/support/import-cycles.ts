import { importsOf, type SourceFile } from './import-rules.ts';

/** The import cycles among these files, each as the files it leads through. */
export function importCycles(files: readonly SourceFile[]): string[][] {
  const imports = new Map(
    files.map((file) => [file.name, importsOf(file).map(({ target }) => target)]),
  );
  const done = new Set<string>();
  const cycles: string[][] = [];

  function visit(name: string, way: readonly string[]): void {
    const at = way.indexOf(name);
    if (at >= 0) cycles.push([...way.slice(at), name]);
    if (at >= 0 || done.has(name)) return;
    for (const target of imports.get(name) ?? []) visit(target, [...way, name]);
    done.add(name);
  }

  for (const { name } of files) visit(name, []);
  return cycles;
}
