import { MAX_METADATA_ENTRIES, MAX_METADATA_NAME_LENGTH, MAX_METADATA_VALUE_LENGTH } from '@estoque/domain';
import { ValidateBy } from 'class-validator';

const NAME = new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${MAX_METADATA_NAME_LENGTH}}$`, 'u');
const VALUE = new RegExp(`^[^\\p{Cc}\\p{Cs}]{0,${MAX_METADATA_VALUE_LENGTH}}$`, 'u');

/** The field is an object with a bounded number of strings, without control characters in names and values. */
export function IsMetadata() {
  return ValidateBy({
    name: 'bad_metadata',
    validator: {
      validate: isMetadata,
      defaultMessage: () =>
        `must be an object with at most ${MAX_METADATA_ENTRIES} strings of at most ${MAX_METADATA_VALUE_LENGTH} characters, with names of 1 to ${MAX_METADATA_NAME_LENGTH} characters, all without control characters`,
    },
  });
}

function isMetadata(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MAX_METADATA_ENTRIES &&
    entries.every(([name, text]) => NAME.test(name) && typeof text === 'string' && VALUE.test(text))
  );
}
