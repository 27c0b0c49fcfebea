import { diag, DiagLogLevel } from '@opentelemetry/api';
import { NodeSDK, resources } from '@opentelemetry/sdk-node';
import type { Logger } from 'pino';

/** Starts the OpenTelemetry SDK. This module is imported only if tracing is enabled, because the SDK is large. */
export function startSdk(app: string, logger: Logger) {
  const logDiagnostic = (message: string, ...details: unknown[]) =>
    logger.warn(
      { reason: [message, ...details].map(String).join(' ').slice(0, 500) },
      'OpenTelemetry diagnostic',
    );
  const ignore = () => undefined;
  diag.setLogger(
    { error: logDiagnostic, warn: logDiagnostic, info: ignore, debug: ignore, verbose: ignore },
    { logLevel: DiagLogLevel.WARN },
  );
  // Traces only: Prometheus collects the metrics, and logs are written to standard output. The code creates its own
  // spans, so no instrumentation that patches modules is needed.
  const sdk = new NodeSDK({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES take precedence over this name.
    resource: resources.defaultResource().merge(resources.resourceFromAttributes({ 'service.name': app })),
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  return sdk;
}
