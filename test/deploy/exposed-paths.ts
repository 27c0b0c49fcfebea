import { ApiDocument } from '../support/openapi.js';
import type { Overlay } from './overlay.js';

/** Paths that the access hook leaves public (apps/api/src/access/access.hook.ts). */
export const PUBLIC_PATHS = [
  '/health/live',
  '/health/ready',
  '/health/accepting',
  '/metrics',
  '/docs',
  '/docs/errors',
  '/openapi.json',
  '/openapi.yaml',
  '/asyncapi',
  '/runbook',
  '/settings.json',
];

/** @returns what each Ingress of the overlay exposes although neither a scope nor a signature protects it, one line for each path */
export function findUnprotectedPaths(overlay: Overlay): string[] {
  const { operations } = ApiDocument.readCommitted();
  const unprotected = [
    ...PUBLIC_PATHS,
    ...operations.filter(({ scope, isSigned }) => scope === undefined && !isSigned).map(({ path }) => path),
  ];
  return overlay.all('Ingress').flatMap(({ metadata: { name }, spec }) => {
    const backends = spec!.rules!.flatMap(({ http }) => http!.paths);
    return [
      ...(spec?.defaultBackend ? [`Ingress ${name}: the default backend exposes every path`] : []),
      ...backends.flatMap(({ path = '/', pathType }) => {
        const exposes = (target: string) =>
          pathType === 'Exact' ? target === path : `${target}/`.startsWith(`${path.replace(/\/$/, '')}/`);
        // How a controller matches other types of paths is its own decision.
        if (pathType !== 'Exact' && pathType !== 'Prefix') return [`Ingress ${name}: ${path} is ${pathType}`];
        if (!operations.some((operation) => exposes(operation.path)))
          return [`Ingress ${name}: ${path} is no path of the API`];
        return unprotected.filter(exposes).map((target) => `Ingress ${name}: ${path} exposes ${target}`);
      }),
    ];
  });
}
