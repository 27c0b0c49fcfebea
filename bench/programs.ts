import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const { ModuleKind, ScriptTarget } = ts;

/**
 * Compiles the benchmark's own programs to JavaScript, so that no measured process loads a compiler.
 *
 * @param target folder of the output, with the same structure as bench/
 * @returns the target folder
 */
export function compilePrograms(root: string, target: string): string {
  const source = join(root, 'bench');
  const inFolders = ['load', 'baseline', 'mail'].flatMap((folder) =>
    readdirSync(join(source, folder)).map((name) => join(folder, name)),
  );
  const files = ['numbers.ts', 'serve.ts', ...inFolders];
  for (const file of files.filter((name) => !name.endsWith('.spec.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(join(source, file), 'utf8'), {
      compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2023 },
    });
    const output = join(target, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(output), { recursive: true });
    writeFileSync(output, outputText);
  }
  return target;
}
