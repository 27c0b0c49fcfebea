import tseslint from 'typescript-eslint';

// Architecture rules about code within a file. The rules about imports between files are in .dependency-cruiser.cjs.
const ONLY_CONFIG_READS_THE_ENVIRONMENT = {
  selector: [
    "MemberExpression[object.name='process']:matches([property.name='env'], [property.value='env'])",
    "VariableDeclarator[init.name='process'] > ObjectPattern > Property[key.name='env']",
    "ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name='env']",
  ].join(', '),
  message: 'Only libs/platform/src/config reads the environment.',
};
const ONLY_THE_UNIT_OF_WORK_OPENS_TRANSACTIONS = {
  selector: 'CallExpression[callee.property.name=/^(transaction|startTransaction)$/]',
  message: 'Only the unit of work opens transactions.',
};
const CONSUMERS_HAVE_NO_TRY = {
  selector: 'TryStatement',
  message: 'A consumer has no try/catch: the transport decides by the kind of the error.',
};
const architectureRules = [ONLY_CONFIG_READS_THE_ENVIRONMENT, ONLY_THE_UNIT_OF_WORK_OPENS_TRANSACTIONS];

export default tseslint.config(
  // The last one is generated.
  { ignores: ['dist/', 'libs/client/dist/', '.local/', 'node_modules/', 'libs/client/src/contract.ts'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-extraneous-class': 'off',
      eqeqeq: 'error',
    },
  },
  {
    files: ['apps/**/*.{ts,tsx}', 'libs/**/*.ts'],
    ignores: ['**/*.spec.ts', '**/*.int-spec.ts'],
    rules: { 'no-restricted-syntax': ['error', ...architectureRules], 'no-console': 'error' },
  },
  {
    files: ['libs/platform/src/config/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ONLY_THE_UNIT_OF_WORK_OPENS_TRANSACTIONS] },
  },
  {
    files: ['libs/domain/src/unit-of-work.ts', 'libs/database/src/sql-client.ts'],
    rules: { 'no-restricted-syntax': ['error', ONLY_CONFIG_READS_THE_ENVIRONMENT] },
  },
  {
    files: ['**/*.consumer.ts'],
    ignores: ['libs/**'],
    rules: { 'no-restricted-syntax': ['error', ...architectureRules, CONSUMERS_HAVE_NO_TRY] },
  },
);
