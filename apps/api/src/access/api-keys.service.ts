import { revocationOf, UnitOfWork, type Actor, type ListedApiKey, type Transaction } from '@estoque/domain';
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

interface CreatedApiKey {
  stored: ListedApiKey;
  /** It is stored nowhere. */
  key: string;
}

/** Creates, lists and revokes API keys. */
@Injectable()
export class ApiKeysService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  create(request: ApiKeyRequest, actor: Actor): Promise<CreatedApiKey> {
    return this.unitOfWork.inTransaction((transaction) => createKey(request, actor, transaction));
  }

  /** Creates a key that replaces those with the same name: they are revoked. */
  replace(request: ApiKeyRequest, actor: Actor): Promise<CreatedApiKey> {
    return this.unitOfWork.inTransaction(async (transaction) => {
      const { apiKeys, auditLog } = transaction;
      for (const key of await apiKeys.revokeNamed(request.name))
        await auditLog.record(actor, revocationOf(key));
      return createKey(request, actor, transaction);
    });
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
  revoke(id: number, actor: Actor): Promise<ApiKeyDto> {
    return this.unitOfWork.inTransaction(async ({ apiKeys, auditLog }) => {
      const { key, isNew } = await apiKeys.revoke(id);
      if (isNew) await auditLog.record(actor, revocationOf(key));
      return toApiKeyDto(key);
    });
  }
}

async function createKey(
  { name, role, scopes = [], customer_email, expires_at }: ApiKeyRequest,
  actor: Actor,
  { apiKeys, auditLog }: Transaction,
): Promise<CreatedApiKey> {
  const key = generateApiKey();
  const stored = await apiKeys.create({
    hash: hashOf(key),
    prefix: shownPartOf(key),
    name,
    scopes: [...new Set([...(role ? ROLES[role] : []), ...scopes])],
    customer_email: customer_email ?? null,
    created_by: actor.id,
    expires_at: expires_at === undefined ? null : new Date(expires_at),
  });
  await auditLog.record(actor, {
    action: 'api_key.created',
    objectId: stored.id,
    // Without the name, which is free text, and the address of a customer.
    after: {
      prefix: stored.prefix,
      scopes: stored.scopes,
      is_limited_to_customer: stored.customer_email !== null,
      expires_at: stored.expires_at,
    },
  });
  return { stored, key };
}
