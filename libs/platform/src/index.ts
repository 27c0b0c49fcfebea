export {
  EnvironmentError,
  environmentSchema,
  readEnvironment,
  readVariables,
  type Environment,
} from './config/environment.js';
export { SECRET_VARIABLES } from './config/secrets.js';
export {
  AppError,
  isLockTimeout,
  kindOf,
  MAX_ATTEMPTS,
  MAX_RETRIES,
  type ErrorKind,
  type FieldError,
} from './errors/app.errors.js';
export { CredentialMissing, InvalidCredential } from './errors/credential.errors.js';
export {
  buildProblem,
  ERRORS_PAGE,
  ProblemFilter,
  RETRY_AFTER_SECONDS,
  toProblem,
  type Problem,
} from './errors/problem.filter.js';
export { HealthChecks } from './health/health-checks.js';
export { overloaded, type AdmissionClass } from './http/admission.js';
export { receivedAtOf } from './http/observe-requests.js';
export { InvalidSignature, signWebhook, SignatureExpired, verifyWebhook } from './http/webhook-signature.js';
export { createLogger, type Logger } from './logging/logger.js';
export { Metrics, UNEXPORTED_METRICS } from './metrics/metrics.js';
export { sampled } from './metrics/sampled.js';
export { PlatformModule } from './platform.module.js';
export { PeriodicTask } from './periodic-task.js';
export { startApi, startWorker } from './start.js';
export { APP_NAME, ENVIRONMENT, LOGGER } from './injection-tokens.js';
export {
  activeContext,
  contextFromTraceparent,
  failSpan,
  inSpan,
  hasActiveTrace,
  traceContextOf,
  traceLinks,
  traceparentOf,
  withoutTrace,
  withTraceContexts,
  type SpanStart,
} from './tracing/tracing.js';
