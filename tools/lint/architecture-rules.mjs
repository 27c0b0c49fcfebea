// Architecture rules about code within a file, as a plugin of Oxlint. .oxlintrc.json says to which files each applies. The
// rules about imports between files are in .dependency-cruiser.cjs.

/**
 * A rule that reports each syntax node that a selector matches.
 *
 * @param {string} selector in the syntax of ESLint's rules
 * @param {string} message
 */
const forbid = (selector, message) => ({
  create: (context) => ({ [selector]: (node) => context.report({ node, message }) }),
});

export default {
  meta: { name: 'architecture' },
  rules: {
    'only-config-reads-the-environment': forbid(
      [
        "MemberExpression[object.name='process']:matches([property.name='env'], [property.value='env'])",
        "VariableDeclarator[init.name='process'] > ObjectPattern > Property[key.name='env']",
        "ImportDeclaration[source.value=/^(node:)?process$/] > ImportSpecifier[imported.name='env']",
      ].join(', '),
      'Only libs/platform/src/config reads the environment.',
    ),
    'only-the-unit-of-work-opens-transactions': forbid(
      'CallExpression[callee.property.name=/^(transaction|startTransaction)$/]',
      'Only the unit of work opens transactions.',
    ),
    'consumers-have-no-try': forbid(
      'TryStatement',
      'A consumer has no try/catch: the transport decides by the kind of the error.',
    ),
  },
};
