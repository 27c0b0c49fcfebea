import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const DOMAIN = 'libs/domain/src';
/** The business rules: pure functions and tables. They may import any type, but values from rules and errors only. */
const RULES = [
  'limits.ts',
  'order/order-draft.ts',
  'order/order-state-machine.ts',
  'order/totals.ts',
  'stock/allocation.ts',
];

/** @returns modules that the source imports values from */
const valueImports = (source: string) =>
  [...source.matchAll(/^(?:import|export) (?!type )[^;]*?'([^']+)';/gm)]
    .map(([statement, module]) => ({ statement, module: module! }))
    .filter(({ statement }) => /\bfrom '|^import '/.test(statement))
    .map(({ module }) => module);

const isRuleOrError = (file: string, module: string) =>
  module.endsWith('.errors.js') || RULES.includes(join(file, '..', module).replace(/\.js$/, '.ts'));

describe('Business rules', () => {
  it.each(RULES)('%s imports values from rules and errors only: no SQL, no framework', (file) => {
    const modules = valueImports(readFileSync(join(DOMAIN, file), 'utf8'));
    expect(modules.filter((module) => !isRuleOrError(file, module))).toEqual([]);
  });

  it.each([
    ["import { Injectable } from '@nestjs/common';", '@nestjs/common'],
    ["import 'reflect-metadata';", 'reflect-metadata'],
    ["import {\n  Column,\n  Entity,\n} from 'typeorm';", 'typeorm'],
    ["export * from './stock.repository.js';", './stock.repository.js'],
  ])('are violated by %s', (source, module) => {
    expect(valueImports(source)).toEqual([module]);
    expect(isRuleOrError('stock/allocation.ts', module)).toBe(false);
  });
});
