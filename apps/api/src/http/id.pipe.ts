import { AppError } from '@estoque/platform';
import { Injectable, type PipeTransform } from '@nestjs/common';

/** An id in a path: a positive integer. */
@Injectable()
export class IdPipe implements PipeTransform<string, number> {
  transform(value: string): number {
    const id = /^[1-9]\d{0,15}$/.test(value) ? Number(value) : NaN;
    if (Number.isSafeInteger(id)) return id;
    throw new AppError('invalid', 'invalid_id', 'An id is a positive integer.', {
      httpStatus: 400,
      fieldErrors: [{ pointer: '/id', code: 'not_an_id', message: 'must be a positive integer' }],
    });
  }
}
