import { NativeSelect, NumberInput, TextInput } from '@mantine/core';
import { useEffect, useState, type ReactNode } from 'react';
import { minorUnits, useFormat } from '../i18n/format.js';
import { useFilters } from './filters.js';

/** Of an amount without a currency. */
const DEFAULT_MINOR_UNITS = 100;

interface Props {
  /** Name of the filter in the address. */
  name: string;
  label: string;
}

/** A form of one field. Enter applies the filter. */
function FilterForm({ label, apply, children }: { label: string; apply: () => void; children: ReactNode }) {
  return (
    <form
      role="search"
      aria-label={label}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      {children}
    </form>
  );
}

/** A text by which a list is filtered, when the user presses Enter or leaves the field. */
export function TextFilter({ name, label }: Props) {
  const { filters, setFilters } = useFilters();
  const stored = filters[name] ?? '';
  const [value, setValue] = useState(stored);
  useEffect(() => setValue(stored), [stored]);
  const apply = () => {
    if (value.trim() !== stored) setFilters({ [name]: value.trim() });
  };
  return (
    <FilterForm label={label} apply={apply}>
      <TextInput
        size="sm"
        label={label}
        value={value}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
        onBlur={apply}
      />
    </FilterForm>
  );
}

/** One of several values by which a list is filtered. @param all the name of the choice that does not filter */
export function ChoiceFilter({
  name,
  label,
  all,
  choices,
}: Props & { all: string; choices: { value: string; label: string }[] }) {
  const { filters, setFilters } = useFilters();
  return (
    <NativeSelect
      size="sm"
      label={label}
      value={filters[name] ?? ''}
      onChange={({ currentTarget }) => setFilters({ [name]: currentTarget.value })}
      data={[{ value: '', label: all }, ...choices]}
    />
  );
}

/**
 * An amount by which a list is filtered. The address contains it in minor units, the field shows it in units of the
 * currency.
 */
export function AmountFilter({ name, label, currency }: Props & { currency: string | undefined }) {
  const { decimalSeparator } = useFormat();
  const { filters, setFilters } = useFilters();
  const stored = filters[name];
  const units =
    currency !== undefined && /^[A-Z]{3}$/.test(currency) ? minorUnits(currency) : DEFAULT_MINOR_UNITS;
  const shown = stored !== undefined && /^\d+$/.test(stored) ? Number(stored) / units : '';
  const [value, setValue] = useState<number | string>(shown);
  useEffect(() => setValue(shown), [shown]);
  const apply = () => {
    const chosen = typeof value === 'number' ? String(Math.round(value * units)) : undefined;
    if (chosen !== stored) setFilters({ [name]: chosen });
  };
  return (
    <FilterForm label={label} apply={apply}>
      <NumberInput
        size="sm"
        label={label}
        allowNegative={false}
        decimalScale={Math.log10(units)}
        decimalSeparator={decimalSeparator}
        allowedDecimalSeparators={['.', ',']}
        hideControls
        value={value}
        onChange={setValue}
        onBlur={apply}
      />
    </FilterForm>
  );
}

/** A time by which a list is filtered. The address contains it in UTC, the field shows it in the zone of the browser. */
export function DateFilter({ name, label }: Props) {
  const { filters, setFilters } = useFilters();
  const stored = filters[name];
  return (
    <TextInput
      size="sm"
      type="datetime-local"
      label={label}
      defaultValue={stored === undefined ? '' : toLocal(stored)}
      key={stored}
      onBlur={({ currentTarget: { value } }) => {
        const time = new Date(value);
        const chosen = Number.isNaN(time.getTime()) ? undefined : time.toISOString();
        if (chosen !== stored) setFilters({ [name]: chosen });
      }}
    />
  );
}

/** @returns the time as a field of the type datetime-local expects it; empty if it is no time */
function toLocal(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return '';
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
