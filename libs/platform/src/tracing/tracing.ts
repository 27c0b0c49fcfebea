import {
  context,
  createContextKey,
  propagation,
  ROOT_CONTEXT,
  SpanStatusCode,
  trace,
  type Context,
  type Link,
  type Span,
  type SpanOptions,
} from '@opentelemetry/api';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { passHeadersToSdk, type Environment } from '../config/environment.js';
import { AppError } from '../errors/app.errors.js';

/** Limits the final export, so that an unavailable collector does not delay the shutdown. */
const FLUSH_TIMEOUT_MS = 3_000;

/** Without a started SDK, this tracer returns spans that record nothing. */
const tracer = trace.getTracer('estoque-system');

/** Set if tracing is enabled. */
let sdk: { shutdown: () => Promise<void> } | undefined;

/**
 * Loads and starts the OpenTelemetry SDK if OTEL_TRACES_EXPORTER or OTEL_EXPORTER_OTLP_ENDPOINT enables tracing. The
 * SDK reads all other OTEL_ variables itself. If tracing is disabled, no module of the SDK is loaded.
 */
export async function startTracing(app: string, environment: Environment, logger: Logger) {
  const { OTEL_TRACES_EXPORTER, OTEL_EXPORTER_OTLP_ENDPOINT } = environment;
  if (OTEL_TRACES_EXPORTER === 'none' || !(OTEL_TRACES_EXPORTER ?? OTEL_EXPORTER_OTLP_ENDPOINT)) return;
  passHeadersToSdk(environment);
  const { startSdk } = await import('./sdk.js');
  sdk = startSdk(app, logger);
}

/** Exports the remaining spans and stops the SDK, within FLUSH_TIMEOUT_MS. */
export async function stopTracing() {
  await Promise.race([
    sdk?.shutdown().catch(() => undefined),
    sleep(FLUSH_TIMEOUT_MS, undefined, { ref: false }),
  ]);
}

export const isTracingEnabled = () => sdk !== undefined;

/** Returns the active OpenTelemetry context. */
export const activeContext = (): Context => context.active();

/** Serializes the span of a context as a W3C `traceparent`. @returns null if there is no span or tracing is disabled */
export function traceparentOf(source: Context): string | null {
  if (!isTracingEnabled()) return null;
  const carrier: { traceparent?: string } = {};
  propagation.inject(source, carrier);
  return carrier.traceparent ?? null;
}

/** Parses a `traceparent`. @returns the root context if it is missing or invalid, so that a new trace begins */
export function contextFromTraceparent(traceparent: unknown): Context {
  return typeof traceparent === 'string' ? propagation.extract(ROOT_CONTEXT, { traceparent }) : ROOT_CONTEXT;
}

/** Name, options and parent of a new span. */
export interface SpanStart extends SpanOptions {
  name: string;
  /** Default: the active context. */
  parent?: Context;
}

/** Starts a span. The caller must end it. */
export function startSpan({ name, parent = context.active(), ...options }: SpanStart): Span {
  return tracer.startSpan(name, options, parent);
}

/**
 * Runs `work` in a new span and ends the span. If the work fails, the span records the code or class of the error, but
 * not its message, which can contain personal data. If tracing is disabled, this only runs `work`.
 */
export async function inSpan<Result>(
  start: () => SpanStart,
  work: (span?: Span) => Promise<Result>,
): Promise<Result> {
  if (!isTracingEnabled()) return work();
  const { parent = context.active(), ...rest } = start();
  const span = startSpan({ parent, ...rest });
  try {
    return await context.with(trace.setSpan(parent, span), () => work(span));
  } catch (error) {
    failSpan(span, error instanceof AppError ? error.code : (error as Error).name);
    throw error;
  } finally {
    span.end();
  }
}

/**
 * Marks a span as failed.
 *
 * @param errorType error code or class, never a message: messages can contain names and addresses
 */
export function failSpan(span: Span | undefined, errorType: string) {
  span?.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
}

/** Runs background work outside the trace that is active when the work starts. */
export const withoutTrace = <Result>(work: () => Result): Result => context.with(ROOT_CONTEXT, work);

/** Maps each item of a batch to its trace context. */
type ItemContexts = Map<unknown, Context>;
const ITEM_CONTEXTS = createContextKey('item contexts');

/**
 * Runs work for a batch whose items belong to different traces. A batch of one item continues the trace of that item.
 * A larger batch begins a new trace, whose spans link to the traces of the items (`traceLinks`).
 */
export function withTraceContexts<Result>(
  itemContexts: () => ItemContexts,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!isTracingEnabled()) return work();
  const contexts = itemContexts();
  const [firstContext = ROOT_CONTEXT] = contexts.values();
  const parent = contexts.size === 1 ? firstContext : ROOT_CONTEXT;
  return context.with(parent.setValue(ITEM_CONTEXTS, contexts), work);
}

/** Returns the trace context of an item of the current batch, or the active context if there is none. */
export function traceContextOf(item?: unknown): Context {
  const contexts = context.active().getValue(ITEM_CONTEXTS) as ItemContexts | undefined;
  return (item !== undefined && contexts?.get(item)) || context.active();
}

/** Returns links to the traces of the current batch, if it has more than one item. */
export function traceLinks(): Link[] {
  const contexts = context.active().getValue(ITEM_CONTEXTS) as ItemContexts | undefined;
  if (!contexts || contexts.size === 1) return [];
  return [...contexts.values()]
    .map((itemContext) => trace.getSpanContext(itemContext))
    .filter((spanContext) => spanContext !== undefined)
    .map((spanContext) => ({ context: spanContext }));
}

/** Whether the current work belongs to at least one trace. */
export const hasActiveTrace = () =>
  isTracingEnabled() && (trace.getSpanContext(context.active()) !== undefined || traceLinks().length > 0);

/** Fields for a log line: the id of the active trace, if any. */
export function traceFields(): { trace_id?: string } {
  const spanContext = isTracingEnabled() ? trace.getSpanContext(context.active()) : undefined;
  return spanContext ? { trace_id: spanContext.traceId } : {};
}
