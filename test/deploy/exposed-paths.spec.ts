import type { IIngressSpec } from 'kubernetes-models/networking.k8s.io/v1';
import { isPublic } from '../../apps/api/src/access/access.hook.js';
import { findKubectl } from '../../tools/infrastructure/programs.js';
import { findUnprotectedPaths, PUBLIC_PATHS } from './exposed-paths.js';
import { Overlay } from './overlay.js';

const EXPOSED = ['production', 'external'] as const;
const overlays = {} as Record<(typeof EXPOSED)[number], Overlay>;

beforeAll(async () => {
  const kubectl = await findKubectl(process.cwd());
  for (const name of EXPOSED) overlays[name] = Overlay.build(name, kubectl);
}, 300_000);

describe('The Ingress', () => {
  it.each(EXPOSED)('exposes only paths that require a scope or a signature, in the overlay %s', (name) => {
    expect(overlays[name].all('Ingress')).toHaveLength(1);
    expect(findUnprotectedPaths(overlays[name])).toEqual([]);
  });

  it('is compared with all public paths', () => expect(PUBLIC_PATHS.filter(isPublic)).toEqual(PUBLIC_PATHS));

  const withPath = (path: string, pathType: 'Exact' | 'ImplementationSpecific' | 'Prefix') =>
    findUnprotectedPaths(
      overlays.production.withChange((copy) => {
        const { paths } = copy.one('Ingress', 'api').spec!.rules![0]!.http!;
        paths.push({ ...paths[0]!, path, pathType });
      }),
    );

  it.each([
    ['/metrics', 'Prefix', ['Ingress api: /metrics is no path of the API']],
    ['/health', 'Prefix', ['Ingress api: /health is no path of the API']],
    ['/docs', 'Exact', ['Ingress api: /docs is no path of the API']],
    ['/', 'Prefix', PUBLIC_PATHS.map((path) => `Ingress api: / exposes ${path}`)],
    ['/v1/order', 'Prefix', ['Ingress api: /v1/order is no path of the API']],
    ['/v1/orders', 'ImplementationSpecific', ['Ingress api: /v1/orders is ImplementationSpecific']],
    ['/v1/operations/', 'Prefix', []],
    ['/v1/api-keys', 'Exact', []],
  ] as const)('with the path %s (%s) has the problems %j', (path, pathType, problems) => {
    expect(withPath(path, pathType)).toEqual(problems);
  });

  it('with a default backend has a problem', () => {
    const changed = overlays.production.withChange((copy) => {
      const spec = copy.one('Ingress', 'api').spec as IIngressSpec;
      spec.defaultBackend = spec.rules![0]!.http!.paths[0]!.backend;
    });
    expect(findUnprotectedPaths(changed)).toEqual(['Ingress api: the default backend exposes every path']);
  });
});
