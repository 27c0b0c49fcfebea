import { AppError } from '@estoque/platform';
import { Injectable, type PipeTransform } from '@nestjs/common';
import { isUnambiguous } from '../access/owner.js';
import { isEmailAddress } from './fields.decorators.js';

/** Parses an e-mail address in a URL path. @throws AppError `invalid_email` */
@Injectable()
export class EmailPipe implements PipeTransform<string, string> {
  transform(value: string): string {
    // The database compares the lower case of all letters, which can be that of another address.
    if (isEmailAddress(value) && isUnambiguous(value)) return value;
    throw new AppError(
      'invalid',
      'invalid_email',
      'The path must contain an e-mail address, with letters other than A to Z in lower case.',
      {
        httpStatus: 400,
        fieldErrors: [{ parameter: 'email', code: 'not_an_email', message: 'must be an e-mail address' }],
      },
    );
  }
}
