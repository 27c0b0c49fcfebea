import { AppError, type FieldError } from '@estoque/platform';
import {
  Injectable,
  ValidationPipe,
  type ArgumentMetadata,
  type PipeTransform,
  type ValidationError,
} from '@nestjs/common';
import { cacheValidationRules } from './validation-rules.js';

/** Stable error codes of class-validator's constraints. The code of any other constraint is its name. */
const CODES: Record<string, string> = {
  whitelistValidation: 'unknown_field',
  isDefined: 'required',
  isInt: 'not_an_integer',
  isString: 'not_a_string',
  isBoolean: 'not_a_boolean',
  isArray: 'not_a_list',
  isObject: 'not_an_object',
  nestedValidation: 'not_an_object',
  isEmail: 'not_an_email',
  isIn: 'not_allowed',
  isDateTime: 'not_a_date',
  isNotIn: 'not_allowed',
  matches: 'bad_format',
  min: 'too_small',
  max: 'too_large',
  minLength: 'too_short',
  maxLength: 'too_long',
  isLength: 'bad_length',
  arrayMinSize: 'too_few',
  arrayMaxSize: 'too_many',
  arrayUnique: 'duplicate',
  isISO4217CurrencyCode: 'not_a_currency',
};

/** Creates the pipe that validates requests against their DTO: unknown fields, types, limits. */
export function validationPipe() {
  cacheValidationRules();
  return new ObjectOnlyPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => invalid(errors.flatMap((error) => toFieldErrors(error))),
  });
}

/** Refuses a body that is not a JSON object: Nest's pipe would accept `null`, a list or a primitive value unvalidated. */
@Injectable()
class ObjectOnlyPipe extends ValidationPipe implements PipeTransform {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (metadata.type === 'body' && value === undefined && isOptionalBody(metadata)) {
      return super.transform({}, metadata) as Promise<unknown>;
    }
    if (metadata.type === 'body' && !isObject) {
      throw invalid([{ pointer: '', code: 'not_an_object', message: 'must be a JSON object' }]);
    }
    // Path parameters are validated by IdPipe, which needs the original text: `1e3` is not an id.
    if (metadata.type === 'param') return Promise.resolve(value);
    const inherited = findInheritedNames(value);
    const validated =
      inherited.length > 0
        ? Promise.reject(invalid(inherited))
        : (super.transform(value, metadata) as Promise<unknown>);
    return metadata.type === 'query' ? validated.catch(nameParameters) : validated;
  }
}

/** Marks the class of a body that the client may omit: a request without a body is one with an empty object. */
export const OptionalBody: ClassDecorator = (target) => void OPTIONAL_BODIES.add(target);
const OPTIONAL_BODIES = new WeakSet<object>();

const isOptionalBody = ({ metatype }: ArgumentMetadata) =>
  metatype !== undefined && OPTIONAL_BODIES.has(metatype);

/** Query parameters have no JSON pointer: names the parameter instead. */
function nameParameters(error: unknown): never {
  if (!(error instanceof AppError)) throw error;
  throw invalid(
    error.fieldErrors.map(({ pointer = '', code, message }) => ({
      parameter: pointer.split('/')[1] ?? '',
      code,
      message,
    })),
  );
}

/** Names with which a value could replace the prototype of an object. */
const RESERVED_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
/** The field whose names the client chooses: it is stored as it was sent. */
const FREE_NAMES = '/metadata';

/**
 * Finds fields with the name of a property that every object inherits, or `prototype`. class-validator takes some of them
 * for known fields, and class-transformer drops others. In metadata, only the reserved ones are refused.
 */
function findInheritedNames(value: unknown, pointer = ''): FieldError[] {
  if (typeof value !== 'object' || value === null) return [];
  const found: FieldError[] = [];
  for (const [name, child] of Object.entries(value)) {
    const childPointer = `${pointer}/${name}`;
    if (RESERVED_NAMES.has(name) || (name in Object.prototype && pointer !== FREE_NAMES))
      found.push({ pointer: childPointer, code: 'unknown_field', message: 'is not a known field' });
    else if (typeof child === 'object') found.push(...findInheritedNames(child, childPointer));
  }
  return found;
}

/** Maximum number of entries in `errors`. A body of 100 kB could have thousands of invalid fields. */
const MAX_FIELD_ERRORS = 100;

/** Creates the error for a request with invalid fields. It lists the first 100 of them. */
export function invalid(fieldErrors: FieldError[]) {
  const detail =
    fieldErrors.length === 1
      ? 'The request has 1 validation error.'
      : `The request has ${fieldErrors.length} validation errors.`;
  return new AppError('invalid', 'validation_failed', detail, {
    fieldErrors: fieldErrors.slice(0, MAX_FIELD_ERRORS),
  });
}

function toFieldErrors(
  { property, constraints, children }: ValidationError,
  parentPointer = '',
): FieldError[] {
  const pointer = `${parentPointer}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const ownErrors = Object.entries(constraints ?? {}).map(([constraint, message]) => ({
    pointer,
    code: CODES[constraint] ?? constraint,
    message:
      constraint === 'whitelistValidation' ? 'is not a known field' : message.replace(`${property} `, ''),
  }));
  return [...ownErrors, ...(children ?? []).flatMap((child) => toFieldErrors(child, pointer))];
}
