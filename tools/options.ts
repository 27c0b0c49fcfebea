import { Command, InvalidArgumentError, Option } from 'commander';
import { randomInt } from 'node:crypto';
import { isAbsolute, relative } from 'node:path';

/** @param name of the npm script, such as `faults` */
export function createCommand(name: string, description: string): Command {
  return new Command(`npm run ${name} --`)
    .description(description)
    .helpOption('--help', 'print this help')
    .showHelpAfterError(`npm run ${name} -- --help lists the options.`)
    .configureHelp({
      helpWidth: 110,
      optionDescription: (option) => option.description + describeDefault(option),
    });
}

function describeDefault({ defaultValue, defaultValueDescription }: Option): string {
  const value = (defaultValueDescription ?? defaultValue) as string | number | boolean | string[] | undefined;
  const text = value === undefined || typeof value === 'boolean' ? '' : value.toString();
  if (text === '') return ''; // none, or an empty list
  return ` (default: ${isAbsolute(text) ? relative(process.cwd(), text) : text})`;
}

export const seedOption = (description: string): Option =>
  new Option('--seed <number>', description)
    .argParser(wholeNumber(0))
    .default(randomInt(1_000_000), 'a random one');

/** @returns a parser for the value of an option: a number that is at least `min` */
export const atLeast = (min: number) => (text: string) => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < min)
    throw new InvalidArgumentError(`It must be a number of at least ${min}.`);
  return value;
};

/** @returns a parser for the value of an option: a whole number that is at least `min` */
export const wholeNumber = (min: number) => (text: string) => {
  if (!/^\d+$/.test(text) || Number(text) < min || !Number.isSafeInteger(Number(text)))
    throw new InvalidArgumentError(`It must be a whole number of at least ${min}.`);
  return Number(text);
};

/** Parser for the value of an option: values separated by commas. */
export const list = (text: string): string[] => text.split(',').filter(Boolean);
