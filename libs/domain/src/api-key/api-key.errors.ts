import { AppError } from '@estoque/platform';

export class ApiKeyNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'api_key_not_found', `API key ${id} does not exist.`);
  }
}
