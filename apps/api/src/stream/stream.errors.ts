import { AppError } from '@estoque/platform';

export class NotAcceptable extends AppError {
  constructor() {
    super(
      'invalid',
      'not_acceptable',
      'The answer is a stream that does not end. Send the header `Accept: text/event-stream`.',
      { httpStatus: 406 },
    );
  }
}

export class TooManyStreams extends AppError {
  constructor(max: number) {
    super('conflict', 'too_many_streams', `The caller has ${max} open streams already.`);
  }
}
