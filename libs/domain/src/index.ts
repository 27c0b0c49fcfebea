export { ApiKeyNotFound } from './api-key/api-key.errors.js';
export { revocationOf, type ListedApiKey, type ValidApiKey } from './api-key/api-key.repository.js';
export { AUDIT_STATES, Audits, MAX_STORED_AUDITS, type Audit } from './audit/audits.js';
export {
  StockAudit,
  type AuditResult,
  type Discrepancy,
  type PaymentDiscrepancy,
} from './audit/stock-audit.js';
export { CUSTOMER_PREFIX, type Actor } from './audit-log/actor.js';
export {
  AUDIT_ACTION_NAMES,
  AUDIT_ACTIONS,
  AUDIT_OBJECT_TYPES,
  type AuditAction,
  type AuditObjectType,
} from './audit-log/audit-actions.js';
export type { AuditLogEntry, AuditLogFilter, Change } from './audit-log/audit-log.repository.js';
export { createDataSource } from './database/data-source.js';
export { SnapshotAge } from './database/snapshot-age.js';
export { migrate } from './database/migrations.js';
export { APPS_WITH_ROLES, PRIVILEGES, roleOf } from './database/privileges.js';
export { DomainModule } from './domain.module.js';
export {
  DryRunService,
  dryRunsOf,
  type ConsumerFactory,
  type DryRunResult,
  type GatewayRequest,
} from './dry-run/dry-run.service.js';
export { brokerUseOf } from './events/broker-use.js';
export { catalogue, EXCHANGE, type EventName, type EventOf, type PublisherName } from './events/catalogue.js';
export {
  pendingConfirmation,
  pendingConfirmationsOf,
  parseConfirmation,
  type OrderEvent,
  type PendingConfirmation,
} from './events/confirmations.js';
export { increaseOf, latencyOf, totalsOf, type FlowSample } from './flow/flow-sample.js';
export {
  FLOW_RESOLUTIONS,
  type FlowResolution,
  type StoredFlowSample,
} from './flow/flow-sample.repository.js';
export {
  amountOf,
  isLastReturn,
  isLastShipment,
  itemsToReturn,
  itemsToShip,
  type LineProgress,
} from './fulfilment/fulfilment.js';
export {
  OrderNotCompletable,
  OrderNotReturnable,
  OrderNotShippable,
} from './fulfilment/fulfilment.errors.js';
export type { Return } from './fulfilment/return.repository.js';
export type { CompletableShipment, Shipment } from './fulfilment/shipment.repository.js';
export type { Answer, KeyedRequest } from './idempotency/answer.js';
export {
  IdempotencyInProgress,
  IdempotencyKeyReused,
  isFinalRefusal,
  ReplayedRefusal,
} from './idempotency/idempotency.errors.js';
export {
  Notification,
  NOTIFICATION_KINDS,
  NOTIFICATION_STATES,
  OPTIONAL_NOTIFICATION_KINDS,
  type NotificationKind,
  type NotificationState,
  type OptionalNotificationKind,
} from './notification/notification.entity.js';
export { JOURNEY_KINDS, type JourneyEntry, type JourneyKind } from './journey/order-journey.repository.js';
export type { MailSettings } from './notification/mail-settings.repository.js';
export { mailLimitsOf, type MailLimits } from './notification/mail-quota.repository.js';
export type { DueNotifications } from './notification/pending-notification.repository.js';
export {
  MailLimitReached,
  NotificationErased,
  NotificationNotFound,
  NotificationPending,
} from './notification/notification.errors.js';
export {
  MAX_CARRIER_LENGTH,
  MAX_ITEMS,
  MAX_METADATA_ENTRIES,
  MAX_METADATA_NAME_LENGTH,
  MAX_METADATA_VALUE_LENGTH,
  MAX_MOVEMENT,
  MAX_ON_HAND,
  MAX_PRICE,
  MAX_REASON_LENGTH,
  MAX_TOTAL,
  MAX_REFERENCE_LENGTH,
  MAX_REORDER_POINT,
  MAX_TRACKING_NUMBER_LENGTH,
  MAX_UNITS,
} from './limits.js';
export { assertVersion, type ExpectedVersion } from './expected-version.js';
export {
  CANCELLATIONS,
  LOCALES,
  type Cancellation,
  type LineRejection,
  type Locale,
} from './order/order.entity.js';
export { draftOrder, type PlaceOrderRequest } from './order/order-draft.js';
export {
  InvalidOrder,
  OrderMismatch,
  OrderNotCancellable,
  OrderNotFound,
  OrderNotReady,
} from './order/order.errors.js';
export type { ExaminedOrders, OpenOrder, OrderTimeLimits } from './order/open-order.repository.js';
export type { LockedOrder, OrderItem, OrderMessage } from './order/locked-order.js';
export type { NewOrder, PlacedOrder } from './order/order.repository.js';
export { canBeHandled } from './order/handled-events.js';
export * from './order/order-state-machine.js';
export {
  MAX_SEARCHED_ORDERS,
  type OrderFilter,
  type OrderSearch,
  type PaymentFilter,
} from './order/order-list.js';
export type {
  OrderCounts,
  OrderDetails,
  OrderRecipient,
  PlacedBy,
} from './order/order-details.repository.js';
export type {
  Charge,
  ChargeOutcome,
  DeclineReason,
  PaymentGateway,
  RefundOrder,
  RefundOutcome,
} from './payment/payment-gateway.js';
export { keyOf, parsePaymentKey } from './payment/payment-key.js';
export {
  MAX_METHOD_LENGTH,
  SIMULATED_METHODS,
  unknownMethod,
  type PaymentGatewayName,
  type SimulatedMethod,
} from './payment/payment-method.js';
export type { ListedRefund, PaymentDetails, PaymentSummary } from './payment/payment-details.repository.js';
export {
  PAYMENT_STATUSES,
  REFUND_STATUSES,
  type PaymentStatus,
  type RefundStatus,
} from './payment/payment.entity.js';
export {
  OrderWithoutPayment,
  PaymentNotFound,
  PaymentNotReady,
  RefundNotMade,
  RefundTooLarge,
} from './payment/payment.errors.js';
export { chargeOf, type OpenPayment } from './payment/payment.repository.js';
export { refundOrderOf, type DueRefund } from './payment/refund.repository.js';
export { ERASED } from './personal-data/erased.js';
export { CustomerHasOpenOrders, ErasureNotFound } from './personal-data/erasure.errors.js';
export { ERASURE_STATES, type Erasure } from './personal-data/erasure.repository.js';
export { ErasureRunner } from './personal-data/erasure.runner.js';
export { MAX_LOGGED_DELIVERIES } from './processes/delivery-log.repository.js';
export { REPORT_INTERVAL_MS } from './processes/process-reporter.js';
export type { ProcessReport, ProcessState } from './processes/process-report.repository.js';
export { Product } from './product/product.entity.js';
export { ProductNotFound, SkuTaken } from './product/product.errors.js';
export type { NewProduct, ProductSnapshot } from './product/product.repository.js';
export { ReadPoolModule } from './read-pool.js';
export { pruneInBatches } from './retention/prune-in-batches.js';
export { recordRun } from './retention/record-run.js';
export type { RetentionRun } from './retention/retention-runs.js';
export type { PruneRange } from './retention/retention.repository.js';
export {
  notificationRow,
  orderRow,
  productDataRow,
  productRow,
  productSkuRow,
  stockRow,
  timelineRow,
  type Row,
} from './row-locks.js';
export type { ExpiryPosition, ProductReservation } from './stock/active-reservation.repository.js';
export { allocate, type StockLevel } from './stock/allocation.js';
export type { LedgerComparison } from './stock/ledger-repair.repository.js';
export {
  Movement,
  MOVEMENT_KINDS,
  RESERVATION_TRANSITIONS,
  Stock,
  type MovementKind,
} from './stock/stock.entity.js';
export { MovementNotFound, StockBelowReserved, StockTooLarge } from './stock/stock.errors.js';
export {
  STOCK_WARNINGS,
  type StockChange,
  type StockedProduct,
  type StockWarning,
} from './stock/stock.repository.js';
export { Repositories, UnitOfWork, type Transaction } from './unit-of-work.js';
export { addressCheckOf, isPublicAddress } from './webhook/public-addresses.js';
export {
  WEBHOOK_DELIVERY_STATES,
  type DueDelivery,
  type WebhookAttempt,
  type WebhookDelivery,
  type WebhookDeliveryState,
} from './webhook/webhook-delivery.repository.js';
export {
  MAX_WEBHOOK_ENDPOINTS,
  WEBHOOK_DISABLED_REASONS,
  WEBHOOK_ENDPOINT_STATES,
  type WebhookDisabledReason,
  type WebhookEndpoint,
} from './webhook/webhook-endpoint.repository.js';
export {
  TooManyWebhookEndpoints,
  WebhookDeliveryNotFound,
  WebhookEndpointNotFound,
  WebhookReplayTooLarge,
} from './webhook/webhook.errors.js';
