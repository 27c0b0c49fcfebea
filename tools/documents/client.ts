import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import openapiTypeScript, { astToString } from 'openapi-typescript';

/** The part of the OpenAPI document that is read here; openapi-typescript checks the rest. */
interface Document {
  info: { version: string };
  paths: Record<string, Record<string, { responses: Record<string, { content?: object }> }>>;
}

const HEADER = '// Written by `npm run docs` from docs/openapi.json.\n';

/** The generated files of libs/client: text by file name. @param openApi the OpenAPI document as JSON */
export async function clientFiles(root: string, openApi: string): Promise<Record<string, string>> {
  const document = JSON.parse(openApi) as Document;
  const manifestFile = 'libs/client/package.json';
  const manifest = JSON.parse(readFileSync(join(root, manifestFile), 'utf8')) as object;
  return {
    'libs/client/src/contract.ts': HEADER + (await contractTypes(document)),
    [manifestFile]: `${JSON.stringify({ ...manifest, version: document.info.version }, null, 2)}\n`,
  };
}

async function contractTypes(document: Document): Promise<string> {
  // The examples of problem documents are many, and differ only in their code.
  for (const operation of Object.values(document.paths).flatMap((path) => Object.values(path))) {
    for (const { content = {} } of Object.values(operation.responses))
      for (const media of Object.values(content)) Reflect.deleteProperty(media as object, 'example');
  }
  const nodes = await openapiTypeScript(JSON.stringify(document), {
    // Exports each schema by its name.
    rootTypes: true,
    rootTypesNoSchemaPrefix: true,
    // A field of a request that has a default may be omitted.
    defaultNonNullable: false,
  });
  return astToString(nodes);
}
