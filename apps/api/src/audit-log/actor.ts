import { CUSTOMER_PREFIX, type Actor } from '@estoque/domain';
import type { FastifyRequest } from 'fastify';
import { userInfo } from 'node:os';
import { callerOf } from '../access/caller.js';
import { ownerOf } from '../access/owner.js';

/** @returns who sent the request, as the audit log names them */
export function actorOf(request: FastifyRequest): Actor {
  const { id } = callerOf(request);
  return { id: ownerOf(request) === undefined ? id : CUSTOMER_PREFIX + id, address: request.ip };
}

/** @returns the user of the operating system who runs the command line. There is no network address. */
export const commandLineActor = (): Actor => ({ id: `cli:${userInfo().username}`, address: null });
