import { AppError } from '@estoque/platform';

/** The versions that a caller has read, one of which the object must still have; `any`: that it exists is enough. */
export type ExpectedVersion = 'any' | readonly number[];

/** The object was changed after the caller had read it. */
export class VersionStale extends AppError {
  constructor(version: number) {
    super(
      'conflict',
      'version_stale',
      `The current version is ${version}, which If-Match does not name. Read the current state and decide again.`,
      { httpStatus: 412 },
    );
  }
}

/** @param expected undefined: the caller accepts every version @throws VersionStale */
export function assertVersion(expected: ExpectedVersion | undefined, version: number) {
  if (expected === undefined || expected === 'any' || expected.includes(version)) return;
  throw new VersionStale(version);
}
