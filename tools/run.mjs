// Entry of npm start, npm test, npm run infra ...: plain JavaScript without dependencies, because it installs them.
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
  'bench',
  'cli',
  'trace-picture',
  'new-worker',
];
const NODE = [20, 19];

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const command = process.argv[2] ?? '';

const fail = (text) => {
  process.stderr.write(`${text}\n`);
  process.exit(1);
};

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < NODE[0] || (major === NODE[0] && minor < NODE[1])) {
  fail(
    `This needs Node.js ${NODE.join('.')} or later; this is ${process.versions.node} (${process.execPath}).`,
  );
}
if (!COMMANDS.includes(command)) fail(`Usage: node tools/run.mjs ${COMMANDS.join('|')}`);

process.chdir(root);
hangUpWithNpm();
if (!isInstalled()) await install();
// In this same process, so that signals reach the command.
const { register } = await import('tsx/esm/api');
register();
await import(`./${command}.ts`);

/**
 * What npm is told, it tells us: package.json says `exec`, so that no shell is between. Of its sudden death nobody
 * tells; then we do as if it were the terminal that was closed.
 */
function hangUpWithNpm() {
  if (!process.env.npm_lifecycle_event) return;
  const npm = process.ppid;
  const watching = setInterval(() => {
    if (process.ppid === npm) return;
    clearInterval(watching);
    process.kill(process.pid, 'SIGHUP');
  }, 300).unref();
}

/** Whether node_modules holds what package-lock.json says; npm notes in a lock file of its own what it installed. */
function isInstalled() {
  const locked = readJson('package-lock.json');
  const installed = readJson('node_modules/.package-lock.json');
  if (!locked || !installed) return false;
  return (
    matches(readJson('package.json'), locked) &&
    Object.entries(locked.packages).every(([path, entry]) => {
      if (path === '' || entry.link || entry.extraneous) return true;
      const found = installed.packages[path];
      return found ? found.version === entry.version : entry.optional || entry.devOptional;
    })
  );
}

/** Whether the lock file still answers what package.json asks for. */
function matches(wanted, locked) {
  return ['dependencies', 'devDependencies'].every((kind) =>
    Object.entries(wanted[kind] ?? {}).every(([name, range]) => {
      const isExact = /^\d+\.\d+\.\d+/.test(range);
      const asked = isExact
        ? locked.packages[`node_modules/${name}`]?.version
        : locked.packages['']?.[kind]?.[name];
      return asked === range;
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
    if (isInstalled()) return; // another run has done it meanwhile
    process.stdout.write('· Dependencies  installing them, a minute or less\n');
    const from = Date.now();
    const showing = setInterval(() => {
      process.stdout.write(`· Dependencies  ${Math.round((Date.now() - from) / 1000)} s\n`);
    }, 15_000);
    await installPackages().finally(() => clearInterval(showing));
    process.stdout.write(`✔ Dependencies  installed (${Math.round((Date.now() - from) / 1000)} s)\n`);
  } finally {
    unlock();
  }
}

async function installPackages() {
  const clean = await npm('ci');
  if (clean.code === 0) return;
  // `npm ci` wants the builds for every platform in the lock file, and refuses one made where the registry lacks some.
  // The versions of what this platform needs are in it all the same.
  const { code, output } = clean.output.includes('EUSAGE') ? await npm('install', '--no-save') : clean;
  if (code !== 0) fail(`\n${output}\nThe dependencies could not be installed: npm's message is above.`);
}

async function npm(...command) {
  // Through `npm start`, npm says where it lies itself.
  const path = process.env.npm_execpath;
  const [file, ...first] =
    path && existsSync(path) && /npm-cli\.c?js$/.test(path) ? [process.execPath, path] : ['npm'];
  // --include=dev: the tools are needed where NODE_ENV is production too.
  const flags = ['--include=dev', '--include=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  const child = spawn(file, [...first, ...command, ...flags], {
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

/** A file that its holder touches every second; one untouched for ten seconds was left by a killed run. */
async function lock(file) {
  mkdirSync(dirname(file), { recursive: true });
  for (let said = false; ;) {
    try {
      writeFileSync(file, '', { flag: 'wx' });
      break;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!said) process.stdout.write('· another run is installing dependencies, waiting for it\n');
    said = true;
    const age = Date.now() - (statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0);
    if (age > 10_000) rmSync(file, { force: true });
    else await sleep(500);
  }
  const touching = setInterval(() => utimesSync(file, new Date(), new Date()), 1_000);
  const release = () => {
    clearInterval(touching);
    rmSync(file, { force: true });
  };
  process.once('exit', release); // a failed installation ends the process
  return () => {
    process.off('exit', release);
    release();
  };
}
