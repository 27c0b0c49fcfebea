import { existsSync, readFileSync } from 'node:fs';
import satisfies from 'spdx-satisfies';

interface LockedPackage {
  version: string;
  integrity?: string;
  resolved?: string;
  dev?: boolean;
  optional?: boolean;
  devOptional?: boolean;
  hasInstallScript?: boolean;
  optionalDependencies?: Record<string, string>;
}
interface Package {
  license?: string | { type: string };
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  allowScripts: Record<string, boolean>;
}

const read = <Content>(file: string) => JSON.parse(readFileSync(file, 'utf8')) as Content;
const own = read<Package>('package.json');
const { packages } = read<{ packages: Record<string, LockedPackage> }>('package-lock.json');
const locked = Object.entries(packages).filter(([path]) => path !== '');
const nameOf = (path: string) => path.replace(/^.*node_modules\//, '');
const namesOf = (found: typeof locked) => found.map(([path]) => nameOf(path)).toSorted();

/** What the image holds (deploy/docker/Dockerfile), but for the one optional package of the CSS inliner. */
const inProduction = locked.filter(([, { dev, optional, devOptional }]) => !dev && !optional && !devOptional);

describe('The lockfile', () => {
  it('has a checksum for every package, and no address of a registry', () => {
    expect(locked.length).toBeGreaterThan(500);
    expect(namesOf(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')))).toEqual([]);
    expect(namesOf(locked.filter(([, { resolved }]) => resolved))).toEqual([]);
  });

  // `npm ci`, which the image is built with, refuses a lockfile without them; a registry that lacks one leaves it out.
  it('has what every platform needs, not only the one it was made on', () => {
    const wanted = locked.flatMap(([, { optionalDependencies }]) => Object.keys(optionalDependencies ?? {}));
    const found = new Set(namesOf(locked));
    expect(wanted.filter((name) => !found.has(name))).toEqual([]);
  });

  it('answers to exact versions', () => {
    for (const [name, version] of Object.entries({ ...own.dependencies, ...own.devDependencies }))
      expect(`${name} ${version}`).toBe(`${name} ${packages[`node_modules/${name}`]?.version}`);
  });
});

describe('A package that is installed', () => {
  it('runs no script, whichever npm installs it', () => {
    expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m);
    const bringers = namesOf(locked.filter(([, { hasInstallScript }]) => hasInstallScript));
    expect(Object.keys(own.allowScripts).toSorted()).toEqual(bringers);
    expect(new Set(Object.values(own.allowScripts))).toEqual(new Set([false]));
  });
});

describe('What runs in production', () => {
  /** SPDX identifiers: free to use and to pass on, with no duty to publish what uses them. */
  const ALLOWED = [
    '0BSD',
    'Apache-2.0',
    'BlueOak-1.0.0',
    'BSD-2-Clause',
    'BSD-3-Clause',
    'ISC',
    'MIT',
    'MIT-0',
    'Python-2.0',
  ];
  const isAllowed = (license: string) => satisfies(license, ALLOWED);

  it('has a licence that lets us', () => {
    expect([isAllowed('MIT OR GPL-3.0-only'), isAllowed('MIT AND GPL-3.0-only')]).toEqual([true, false]);
    const refused = inProduction
      .map(([path]) => ({ path, license: read<Package>(`${path}/package.json`).license }))
      .filter(({ license }) => typeof license !== 'string' || !isAllowed(license));
    expect(refused).toEqual([]);
    expect(isAllowed(own.license as string)).toBe(true);
    expect(existsSync('LICENSE')).toBe(true);
  });
});
