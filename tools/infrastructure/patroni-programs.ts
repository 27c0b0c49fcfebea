import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { unpackDebianPackage } from './debian-packages.js';
import type { PrintProgress } from './process-spec.js';
import { findPostgresPrograms } from './programs.js';

/** How to start a program. */
export interface Program {
  command: string;
  /** Arguments that precede those of the program, such as the script of an interpreter. */
  args: string[];
  env: NodeJS.ProcessEnv;
}

export interface PatroniPrograms {
  patroni: Program;
  etcd: Program;
  haproxy: Program;
  /** Folder of a PostgreSQL with pg_basebackup, pg_rewind and pg_controldata, which Patroni calls. */
  postgresBinaries: string;
}

/** The compiled modules of Debian's packages need Debian's interpreter; another one can be the first on PATH. */
const PYTHON = '/usr/bin/python3';
/** Everything that Patroni needs with etcd, except the interpreter. */
const PYTHON_MODULES =
  /^python3-(cdiff|click|dateutil|dnspython|etcd|pkg-resources|prettytable|psutil|psycopg2|six|urllib3|wcwidth|yaml)$|^lib(yaml|pq)/;

/**
 * Unpacks Patroni, etcd and HAProxy from the distribution's packages.
 *
 * @throws if this is not Debian or Ubuntu, or has no Python
 */
export async function findPatroniPrograms(
  root: string,
  printProgress: PrintProgress,
): Promise<PatroniPrograms> {
  if (!existsSync(PYTHON)) throw new Error(`Patroni needs ${PYTHON} (package python3)`);
  const postgres = await findPostgresPrograms(root, printProgress);
  const patroni = await unpackDebianPackage(root, 'patroni', PYTHON_MODULES, printProgress);
  const etcd = await unpackDebianPackage(root, 'etcd-server', /^$/, printProgress);
  const haproxy = await unpackDebianPackage(root, 'haproxy', /^lib(lua|opentracing)/, printProgress);
  const libraries = [patroni.libraryPath, postgres.env.LD_LIBRARY_PATH].filter(Boolean).join(delimiter);
  const { PATH } = process.env;
  return {
    patroni: {
      command: PYTHON,
      args: [join(patroni.root, 'usr', 'bin', 'patroni')],
      env: {
        PATH,
        LC_ALL: 'C.UTF-8',
        TZ: 'UTC',
        PYTHONPATH: join(patroni.root, 'usr', 'lib', 'python3', 'dist-packages'),
        PYTHONDONTWRITEBYTECODE: '1',
        LD_LIBRARY_PATH: libraries,
      },
    },
    etcd: { command: join(etcd.root, 'usr', 'bin', 'etcd'), args: [], env: { PATH } },
    haproxy: {
      command: join(haproxy.root, 'usr', 'sbin', 'haproxy'),
      args: [],
      env: { PATH, LD_LIBRARY_PATH: haproxy.libraryPath },
    },
    postgresBinaries: postgres.bin,
  };
}
