import { UnitOfWork, type ListedApiKey } from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { pageStart, toPage, type PageQuery } from '../http/page.dto.js';
import { generateApiKey, hashOf, shownPartOf } from './api-key.js';
import { toApiKeyDto, type ApiKeyDto, type ApiKeyPageDto } from './api-keys.dto.js';
import { ROLES, type Role, type Scope } from './scopes.js';

export interface ApiKeyRequest {
  name: string;
  /** The key gets the scopes of the role, and these. */
  role?: Role;
  scopes?: Scope[];
  customer_email?: string;
  expires_at?: string;
}

/** Creates, lists and revokes API keys. */
@Injectable()
export class ApiKeysService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @param by id of the caller @returns the stored key, and the key itself, which is stored nowhere */
  async create(request: ApiKeyRequest, by: string): Promise<{ stored: ListedApiKey; key: string }> {
    const { name, role, scopes = [], customer_email, expires_at } = request;
    const key = generateApiKey();
    const stored = await this.unitOfWork.inTransaction(({ apiKeys }) =>
      apiKeys.create({
        hash: hashOf(key),
        prefix: shownPartOf(key),
        name,
        scopes: [...new Set([...(role ? ROLES[role] : []), ...scopes])],
        customer_email: customer_email ?? null,
        created_by: by,
        expires_at: expires_at === undefined ? null : new Date(expires_at),
      }),
    );
    return { stored, key };
  }

  async list(query: PageQuery): Promise<ApiKeyPageDto> {
    const rows = await this.unitOfWork.read.apiKeys.list(pageStart(query));
    return toPage(rows, query.limit, toApiKeyDto);
  }

  /** @throws ApiKeyNotFound */
  async get(id: number): Promise<ApiKeyDto> {
    return toApiKeyDto(await this.unitOfWork.read.apiKeys.get(id));
  }

  /** The key is refused within 5 s in every process. @throws ApiKeyNotFound */
  async revoke(id: number): Promise<ApiKeyDto> {
    return toApiKeyDto(await this.unitOfWork.inTransaction(({ apiKeys }) => apiKeys.revoke(id)));
  }
}
