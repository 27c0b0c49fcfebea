import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import ts from 'typescript';
import type { KubernetesObject } from './overlay.js';

const moduleOf = (apiVersion: string) => {
  if (apiVersion.startsWith('rabbitmq.com/')) return './rabbitmq-cluster.js';
  if (apiVersion.startsWith('keda.sh/')) return `@kubernetes-models/keda/${apiVersion}`;
  if (apiVersion.startsWith('postgresql.cnpg.io/')) return `@kubernetes-models/cloudnative-pg/${apiVersion}`;
  return `kubernetes-models/${apiVersion}`;
};

/**
 * Unknown keys, missing fields and wrong types: what TypeScript says of each object, written as a literal of its
 * kind's type.
 *
 * @returns a line for each fault, that begins with the object's kind and name
 */
export function findTypeErrors(objects: KubernetesObject[]): string[] {
  const files = new Map(
    objects.map((object, index) => [
      resolve('test', 'deploy', `object-${index}.ts`),
      {
        object,
        text: `import type { I${object.kind} } from '${moduleOf(object.apiVersion)}';
          export const object: I${object.kind} = ${JSON.stringify(object)};`,
      },
    ]),
  );
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    target: ts.ScriptTarget.ES2022,
    lib: ['lib.es2022.d.ts'],
    types: [],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
  };
  const host = ts.createCompilerHost(options);
  const onDisk = { ...host };
  host.fileExists = (name) => files.has(name) || onDisk.fileExists(name);
  host.readFile = (name) => files.get(name)?.text ?? onDisk.readFile(name);
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files].flatMap(([name, { object }]) =>
    program
      .getSemanticDiagnostics(program.getSourceFile(name))
      .map(
        ({ messageText }) =>
          `${object.kind} ${object.metadata.name}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
      ),
  );
}

/** The models are ES modules that Jest can't import: so in a process of its own. */
const VALIDATE = `
  import { readFileSync } from 'node:fs';
  const faults = [];
  for (const [module, object] of JSON.parse(readFileSync(0, 'utf8'))) {
    const { [object.kind]: Model } = await import(module);
    try { new Model(object).validate(); }
    catch (error) { faults.push(object.kind + ' ' + object.metadata.name + ': ' + error.message); }
  }
  process.stdout.write(JSON.stringify(faults));
`;

/** What the kinds' own JSON schemas find beyond types: quantities, ranges, formats. RabbitmqCluster has none. */
export function findSchemaErrors(objects: KubernetesObject[]): string[] {
  const known = objects
    .map((object) => [moduleOf(object.apiVersion), object] as const)
    .filter(([module]) => !module.startsWith('.'));
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', VALIDATE], {
    input: JSON.stringify(known),
    encoding: 'utf8',
  });
  return JSON.parse(output) as string[];
}
