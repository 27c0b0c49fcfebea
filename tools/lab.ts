// `npm run lab -- <drill>`: causes a fault in a running `npm start`, and reconciles the ledger afterwards.
import { clock } from './flow.js';
import { readJson } from './infrastructure/files.js';
import { DRILLS } from './lab/drills.js';
import { Lab, type Stack } from './lab/lab.js';
import { describeResult, isSound, runDrill } from './lab/run-drill.js';
import { UserError } from './lifecycle.js';
import { createCommand } from './options.js';
import { stackFile } from './paths.js';
import { bold, dim, green, pad, print, red } from './terminal.js';

const say = (text: string) => print(`${dim(clock(Date.now()))}  ${text}`);

async function main(name: string | undefined): Promise<number> {
  if (name === undefined) {
    print(bold('Drills'));
    for (const { name, description } of DRILLS) print(`  ${pad(name, 15)} ${description}`);
    return 0;
  }
  const drill = DRILLS.find((candidate) => candidate.name === name);
  if (!drill) throw new UserError(`There is no drill ${name}. \`npm run lab\` lists the drills.`);
  const stack = readJson<Stack>(stackFile);
  if (!stack) throw new UserError('npm start is not running in this folder.');
  const result = await runDrill(drill, new Lab(stack, say, new AbortController().signal));
  for (const line of describeResult(result)) say(line);
  print(isSound(result) ? green('All guarantees were kept.') : red('Guarantees were violated.'));
  return isSound(result) ? 0 : 1;
}

const command = createCommand(
  'lab',
  'Causes a fault in a running npm start. Without a drill: lists the drills.',
)
  .argument('[drill]', 'name of the drill')
  .parse(process.argv.slice(3), { from: 'user' });
// A halted server continues when this process exits (server-signals.ts).
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(130));
main(command.args[0]).then(
  (code) => process.exit(code),
  (error: unknown) => {
    print(red(error instanceof UserError ? error.message : String((error as Error).stack ?? error)));
    process.exit(1);
  },
);
