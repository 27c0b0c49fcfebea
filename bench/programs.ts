import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';

const { ModuleKind, ScriptTarget } = ts;

/**
 * The bench's own processes as plain JavaScript, so that none of them carries a compiler about: what it uses is measured.
 *
 * @returns where they lie, as they lie in bench/
 */
export function compilePrograms(root: string, to: string): string {
  const from = join(root, 'bench');
  const folders = ['load', 'baseline', 'mail'];
  const files = [
    ...['numbers.ts', 'serve.ts'],
    ...folders.flatMap((folder) => readdirSync(join(from, folder)).map((name) => join(folder, name))),
  ];
  for (const file of files.filter((name) => !name.endsWith('.spec.ts'))) {
    const { outputText } = ts.transpileModule(readFileSync(join(from, file), 'utf8'), {
      compilerOptions: { module: ModuleKind.ESNext, target: ScriptTarget.ES2023 },
    });
    const target = join(to, file.replace(/\.ts$/, '.js'));
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, outputText);
  }
  return to;
}
