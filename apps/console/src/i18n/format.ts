import { useMemo } from 'react';
import { useLanguage } from './language.js';
import type { Language } from './texts.js';

/** Units of a duration, each with the number of seconds from which it is used. */
const UNITS = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
] as const;

/** @returns how many minor units (cents) one unit of the currency has */
export function minorUnits(currency: string): number {
  const { maximumFractionDigits } = new Intl.NumberFormat('en', {
    style: 'currency',
    currency,
  }).resolvedOptions();
  return 10 ** (maximumFractionDigits ?? 2);
}

function createFormat(language: Language) {
  const number = new Intl.NumberFormat(language);
  const dateTime = new Intl.DateTimeFormat(language, { dateStyle: 'short', timeStyle: 'medium' });
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  return {
    number: (value: number) => number.format(value),
    decimalSeparator: number.format(1.5).charAt(1),
    /** @param amount in minor units (cents) */
    money(amount: number, currency: string) {
      const format = new Intl.NumberFormat(language, { style: 'currency', currency });
      return format.format(amount / minorUnits(currency));
    },
    dateTime: (time: string) => dateTime.format(new Date(time)),
    /** How long ago the time is, or in how long it will be. */
    relative(time: string) {
      const seconds = (new Date(time).getTime() - Date.now()) / 1_000;
      const [unit, size] = UNITS.find(([, from]) => Math.abs(seconds) >= from) ?? UNITS[3];
      return relative.format(Math.round(seconds / size), unit);
    },
    duration: (milliseconds: number) =>
      milliseconds < 1_000
        ? `${number.format(Math.round(milliseconds))} ms`
        : `${new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(milliseconds / 1_000)} s`,
  };
}

/** @returns functions that format numbers, money and times in the chosen language */
export function useFormat() {
  const { language } = useLanguage();
  return useMemo(() => createFormat(language), [language]);
}
