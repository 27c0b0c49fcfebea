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
 * Finds unknown keys, missing fields and wrong types: the TypeScript compiler checks each object as a literal of the type
 * of its kind.
 *
 * @returns a line for each error, which starts with the object's kind and name
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
  const diskHost = { ...host };
  host.fileExists = (name) => files.has(name) || diskHost.fileExists(name);
  host.readFile = (name) => files.get(name)?.text ?? diskHost.readFile(name);
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

/** Runs in a separate process, because the models are ES modules that Jest cannot import. */
const VALIDATE = `
  import { readFileSync } from 'node:fs';
  const errors = [];
  for (const [module, object] of JSON.parse(readFileSync(0, 'utf8'))) {
    const { [object.kind]: Model } = await import(module);
    try { new Model(object).validate(); }
    catch (error) { errors.push(object.kind + ' ' + object.metadata.name + ': ' + error.message); }
  }
  process.stdout.write(JSON.stringify(errors));
`;

/** Validates objects with the JSON schema of their kind: quantities, ranges, formats. RabbitmqCluster has no schema. */
export function findSchemaErrors(objects: KubernetesObject[]): string[] {
  const objectsWithSchema = objects
    .map((object) => [moduleOf(object.apiVersion), withoutLineBreaks(object)] as const)
    .filter(([module]) => !module.startsWith('.'));
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', VALIDATE], {
    input: JSON.stringify(objectsWithSchema),
    encoding: 'utf8',
  });
  return JSON.parse(output) as string[];
}

/** Kustomize wraps long values of a Secret. Kubernetes ignores line breaks in base64; the schema does not allow them. */
function withoutLineBreaks(object: KubernetesObject & { data?: Record<string, string> }): KubernetesObject {
  if (object.kind !== 'Secret' || !object.data) return object;
  const data = Object.entries(object.data).map(([key, value]) => [key, value.replaceAll('\n', '')]);
  return Object.assign({ ...object }, { data: Object.fromEntries(data) as Record<string, string> });
}
