import swcJest from '@swc/jest';

/**
 * Transforms TypeScript and ES modules with SWC for Jest. A file of the project loads what it imports only when it uses it:
 * Jest loads modules anew for each spec, and a spec that imports a constant from `@estoque/domain` would load TypeORM and Nest
 * with it, which takes a second of processor time.
 *
 * `import 'module'` and `export * from 'module'` are not lazy. Neither are packages, of which some depend on the sequence.
 */
export default {
  createTransformer: (options) => ({
    ...swcJest.createTransformer(options),
    process(source, path, jestOptions) {
      const lazy = path.includes('/node_modules/') ? [] : importsOf(source);
      const transformer = swcJest.createTransformer({ ...options, module: { ...options.module, lazy } });
      return transformer.process(source, path, jestOptions);
    },
  }),
};

const importsOf = (source) =>
  [...source.matchAll(/\bfrom\s*['"]([^'"\n]+)['"]/g)].map(([, module]) => module);
