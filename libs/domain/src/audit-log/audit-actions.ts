/** Every action of the audit log, with the type of the object that it changes. */
export const AUDIT_ACTIONS = {
  'order.cancelled': 'order',
  'order.shipped': 'order',
  'order.completed': 'order',
  'order.returned': 'order',
  'refund.requested': 'payment',
  'product.created': 'product',
  'product.changed': 'product',
  'stock.received': 'product',
  'stock.adjusted': 'product',
  'notification.resent': 'notification',
  'mail_settings.changed': 'mail_settings',
  'dead_letter.replayed': 'dead_letter',
  'dead_letter.discarded': 'dead_letter',
  'dead_letter_job.created': 'dead_letter_job',
  'dead_letter_job.cancelled': 'dead_letter_job',
  'audit.requested': 'audit',
  'erasure.requested': 'erasure',
  'api_key.created': 'api_key',
  'api_key.revoked': 'api_key',
  'webhook_endpoint.created': 'webhook_endpoint',
  'webhook_endpoint.changed': 'webhook_endpoint',
  'webhook_endpoint.enabled': 'webhook_endpoint',
  'webhook_endpoint.disabled': 'webhook_endpoint',
  'webhook_endpoint.deleted': 'webhook_endpoint',
  'webhook_endpoint.secret_rotated': 'webhook_endpoint',
  'webhook_endpoint.replayed': 'webhook_endpoint',
} as const;

export type AuditAction = keyof typeof AUDIT_ACTIONS;
export type AuditObjectType = (typeof AUDIT_ACTIONS)[AuditAction];

export const AUDIT_ACTION_NAMES = Object.keys(AUDIT_ACTIONS) as AuditAction[];
export const AUDIT_OBJECT_TYPES = [...new Set(Object.values(AUDIT_ACTIONS))] as AuditObjectType[];
