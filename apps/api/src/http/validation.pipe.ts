import { AppError, type FieldError } from '@estoque/platform';
import {
  Injectable,
  ValidationPipe,
  type ArgumentMetadata,
  type PipeTransform,
  type ValidationError,
} from '@nestjs/common';

/** The stable codes of faults; a constraint that isn't here goes by its own name. */
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
  isISO8601: 'not_a_date',
  isNotIn: 'not_allowed',
  matches: 'bad_format',
  min: 'too_small',
  max: 'too_large',
  minLength: 'too_short',
  maxLength: 'too_long',
  isLength: 'bad_length',
  arrayMinSize: 'too_few',
  arrayMaxSize: 'too_many',
  isISO4217CurrencyCode: 'not_a_currency',
};

/** Refuses what a DTO doesn't describe: unknown fields, wrong types, numbers out of bounds. */
export function validationPipe() {
  return new ObjectOnlyPipe({
    whitelist: true,
    forbidNonWhitelisted: true,
    transform: true,
    stopAtFirstError: true,
    validationError: { target: false, value: false },
    exceptionFactory: (errors) => invalid(errors.flatMap((error) => faultsOf(error))),
  });
}

/** `null`, a list or a bare value in place of the object would pass the validator unseen. */
@Injectable()
class ObjectOnlyPipe extends ValidationPipe implements PipeTransform {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    if (metadata.type === 'body' && !isObject) {
      throw invalid([{ pointer: '', code: 'not_an_object', message: 'must be a JSON object' }]);
    }
    // A path's parameter has a pipe of its own, which wants it as it was written: `1e3` is no id.
    if (metadata.type === 'param') return Promise.resolve(value);
    return super.transform(value, metadata);
  }
}

export function invalid(faults: FieldError[]) {
  const detail =
    faults.length === 1
      ? 'There is a fault in the request.'
      : `There are ${faults.length} faults in the request.`;
  return new AppError('invalid', 'validation_failed', detail, { fieldErrors: faults });
}

function faultsOf({ property, constraints, children }: ValidationError, above = ''): FieldError[] {
  const pointer = `${above}/${property.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  const own = Object.entries(constraints ?? {}).map(([constraint, message]) => ({
    pointer,
    code: CODES[constraint] ?? constraint,
    message:
      constraint === 'whitelistValidation' ? 'is not a known field' : message.replace(`${property} `, ''),
  }));
  return [...own, ...(children ?? []).flatMap((child) => faultsOf(child, pointer))];
}
