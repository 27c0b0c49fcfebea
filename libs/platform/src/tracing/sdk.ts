import { diag, DiagLogLevel } from '@opentelemetry/api';
import { NodeSDK, resources } from '@opentelemetry/sdk-node';
import type { Logger } from 'pino';

/** Imported by processes that trace, and by no other: the SDK is large. */
export function startSdk(app: string, logger: Logger) {
  const tell = (message: string, ...details: unknown[]) =>
    logger.warn({ reason: [message, ...details].map(String).join(' ').slice(0, 500) }, 'tracing');
  const nothing = () => undefined;
  diag.setLogger(
    { error: tell, warn: tell, info: nothing, debug: nothing, verbose: nothing },
    { logLevel: DiagLogLevel.WARN },
  );
  // Metrics are Prometheus', logs are standard output's; spans are made where the work is, not by patching modules.
  const sdk = new NodeSDK({
    // A name, and no more: OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES come before it.
    resource: resources.defaultResource().merge(resources.resourceFromAttributes({ 'service.name': app })),
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  return sdk;
}
