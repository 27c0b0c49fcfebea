import { api, dataOf, RequestRefused } from './api.js';

/** @returns the last audit of the stock ledger, or null if none has finished yet */
export async function loadLastAudit() {
  try {
    return await dataOf(api.GET('/v1/operations/audit'));
  } catch (error) {
    if (error instanceof RequestRefused && error.problem.status === 404) return null;
    throw error;
  }
}
