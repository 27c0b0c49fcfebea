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

/** Packages in the image (deploy/docker/Dockerfile), except the one optional package of the CSS inliner. */
const inProduction = locked.filter(([, { dev, optional, devOptional }]) => !dev && !optional && !devOptional);

describe('Lockfile', () => {
  it('has a checksum for every package and no registry address', () => {
    expect(locked.length).toBeGreaterThan(500);
    expect(namesOf(locked.filter(([, { integrity }]) => !integrity?.startsWith('sha512-')))).toEqual([]);
    expect(namesOf(locked.filter(([, { resolved }]) => resolved))).toEqual([]);
  });

  // The image is built with `npm ci`, which refuses a lockfile without them. npm leaves a package out of the lockfile if
  // the registry does not have it.
  it('contains the optional packages of all platforms', () => {
    const optionalNames = locked.flatMap(([, { optionalDependencies }]) =>
      Object.keys(optionalDependencies ?? {}),
    );
    const lockedNames = new Set(namesOf(locked));
    expect(optionalNames.filter((name) => !lockedNames.has(name))).toEqual([]);
  });

  it('matches the exact versions in package.json', () => {
    for (const [name, version] of Object.entries({ ...own.dependencies, ...own.devDependencies }))
      expect(`${name} ${version}`).toBe(`${name} ${packages[`node_modules/${name}`]?.version}`);
  });
});

describe('Installed packages', () => {
  it('run no install scripts, with any version of npm', () => {
    expect(readFileSync('.npmrc', 'utf8')).toMatch(/^ignore-scripts=true$/m);
    const packagesWithScripts = namesOf(locked.filter(([, { hasInstallScript }]) => hasInstallScript));
    expect(Object.keys(own.allowScripts).toSorted()).toEqual(packagesWithScripts);
    expect(new Set(Object.values(own.allowScripts))).toEqual(new Set([false]));
  });
});

describe('Production packages', () => {
  /** SPDX identifiers of permissive licences: no duty to publish the source of a program that uses the package. */
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
    // Gives the code to the public domain, with the permissions of MIT where that is not possible (fast-sha256, used by
    // standardwebhooks).
    'Unlicense',
  ];
  const isAllowed = (license: string) => satisfies(license, ALLOWED);

  it('have a permissive licence', () => {
    expect([isAllowed('MIT OR GPL-3.0-only'), isAllowed('MIT AND GPL-3.0-only')]).toEqual([true, false]);
    const refused = inProduction
      .map(([path]) => ({ path, license: read<Package>(`${path}/package.json`).license }))
      .filter(({ license }) => typeof license !== 'string' || !isAllowed(license));
    expect(refused).toEqual([]);
    expect(isAllowed(own.license as string)).toBe(true);
    expect(existsSync('LICENSE')).toBe(true);
  });
});
