// Entry point of npm start, npm test, npm run infra ...: plain JavaScript without dependencies, because it installs them.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const COMMANDS = [
  'start',
  'test',
  'infra',
  'reset',
  'docs',
  'faults',
  'fuzz',
  'sqlmap',
  'bench',
  'cli',
  'lab',
  'trace-picture',
  'screenshots',
  'new-worker',
];
const MIN_NODE = [20, 19];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const command = process.argv[2] ?? '';

/** Prints an error and exits with code 1. */
const fail = (text) => {
  process.stderr.write(`${text}\n`);
  process.exit(1);
};

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
  fail(
    `Node.js ${MIN_NODE.join('.')} or newer is required; this is ${process.versions.node} (${process.execPath}).`,
  );
}
if (!COMMANDS.includes(command)) fail(`Usage: node tools/run.mjs ${COMMANDS.join('|')}`);

process.chdir(root);
stopIfNpmIsKilled();
if (!isInstalled()) await install();
// The command runs in this process and receives the signals directly.
const { register } = await import('tsx/esm/api');
register();
await import(`./${command}.ts`);

/**
 * npm forwards its signals to this process (package.json uses `exec`, so that there is no shell between them). If npm is
 * killed, this process sends itself SIGHUP, as if its terminal was closed.
 */
function stopIfNpmIsKilled() {
  if (!process.env.npm_lifecycle_event) return;
  const npm = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(timer);
    process.kill(process.pid, 'SIGHUP');
  }, 300).unref();
}

/** Whether node_modules contains what package-lock.json requires. npm lists the installed packages in a file of its own. */
function isInstalled() {
  const locked = readJson('package-lock.json');
  const installed = readJson('node_modules/.package-lock.json');
  if (!locked || !installed) return false;
  return (
    isLockCurrent(readJson('package.json'), locked) &&
    Object.entries(locked.packages).every(([path, entry]) => {
      if (path === '' || entry.link || entry.extraneous) return true;
      const found = installed.packages[path];
      return found ? found.version === entry.version : entry.optional || entry.devOptional;
    })
  );
}

/** Whether the lock file contains the versions that package.json requires. */
function isLockCurrent(manifest, locked) {
  return ['dependencies', 'devDependencies'].every((kind) =>
    Object.entries(manifest[kind] ?? {}).every(([name, range]) => {
      const isExact = /^\d+\.\d+\.\d+/.test(range);
      const lockedRange = isExact
        ? locked.packages[`node_modules/${name}`]?.version
        : locked.packages['']?.[kind]?.[name];
      return lockedRange === range;
    }),
  );
}

function readJson(file) {
  try {
    return JSON.parse(readFileSync(join(root, file), 'utf8'));
  } catch {
    return undefined;
  }
}

async function install() {
  const unlock = await lock(join(root, '.local', 'install.lock'));
  try {
    if (isInstalled()) return; // another run has installed them in the meantime
    process.stdout.write('· Dependencies  installing (up to a minute)\n');
    const from = Date.now();
    const progress = setInterval(() => {
      process.stdout.write(`· Dependencies  ${Math.round((Date.now() - from) / 1000)} s\n`);
    }, 15_000);
    await installPackages().finally(() => clearInterval(progress));
    process.stdout.write(`✔ Dependencies  installed (${Math.round((Date.now() - from) / 1000)} s)\n`);
  } finally {
    unlock();
  }
}

async function installPackages() {
  const clean = await npm('ci');
  if (clean.code === 0) return;
  // `npm ci` requires that the lock file lists the builds for all platforms, and fails with EUSAGE if the lock file was
  // made with a registry that lacks some. The versions for this platform are in it nevertheless, so `npm install` works.
  const { code, output } = clean.output.includes('EUSAGE') ? await npm('install', '--no-save') : clean;
  if (code !== 0) fail(`\n${output}\nThe dependencies could not be installed. See npm's message above.`);
}

async function npm(...args) {
  // npm sets npm_execpath to its own path if it runs this script.
  const path = process.env.npm_execpath;
  const [file, ...firstArgs] =
    path && existsSync(path) && /npm-cli\.c?js$/.test(path) ? [process.execPath, path] : ['npm'];
  // --include=dev: the tools are needed with NODE_ENV=production as well.
  const flags = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn(file, [...firstArgs, ...args, ...flags], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
    shell: process.platform === 'win32',
  });
  const stop = (signal) => {
    child.kill(signal);
    child.once('close', () => process.exit(130));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, stop);
  const chunks = [];
  child.stdout.on('data', (chunk) => chunks.push(chunk));
  child.stderr.on('data', (chunk) => chunks.push(chunk));
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      chunks.push(Buffer.from(error.message));
      resolve(1);
    });
    child.once('close', resolve);
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.off(signal, stop);
  return { code, output: Buffer.concat(chunks).toString() };
}

/** Takes a lock file. Its holder updates the file's time every second: a file that is ten seconds old is of a killed run. */
async function lock(file) {
  mkdirSync(dirname(file), { recursive: true });
  for (let isWaiting = false; ;) {
    try {
      writeFileSync(file, '', { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isWaiting) process.stdout.write('· waiting for another run that is installing dependencies\n');
    isWaiting = true;
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > 10_000) rmSync(file, { force: true });
    else await sleep(500);
  }
  const updating = setInterval(() => utimesSync(file, new Date(), new Date()), 1_000);
  const release = () => {
    clearInterval(updating);
    rmSync(file, { force: true });
  };
  process.once('exit', release); // a failed installation ends the process
  return () => {
    process.off('exit', release);
    release();
  };
}
