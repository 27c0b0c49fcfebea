import { AppError } from '@estoque/platform';
import { Injectable, type ArgumentMetadata, type PipeTransform } from '@nestjs/common';

/** Parses an id in a URL path, a positive integer. @throws AppError `invalid_id` */
@Injectable()
export class IdPipe implements PipeTransform<string, number> {
  transform(value: string, { data: parameter = 'id' }: ArgumentMetadata): number {
    const id = /^[1-9]\d{0,15}$/.test(value) ? Number(value) : NaN;
    if (Number.isSafeInteger(id)) return id;
    throw new AppError('invalid', 'invalid_id', 'The id must be a positive integer.', {
      httpStatus: 400,
      fieldErrors: [{ parameter, code: 'not_an_id', message: 'must be a positive integer' }],
    });
  }
}
