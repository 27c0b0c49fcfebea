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
import type { Environment } from '../config/environment.js';
import { AppError } from '../errors/app.errors.js';

/** A collector that is away holds up no process that stops. */
const FLUSH_WITHIN_MS = 3_000;

/** Before an SDK is there it hands out spans that record nothing; from then on, real ones. */
const tracer = trace.getTracer('estoque-system');

/** Set while this process traces. */
let sdk: { shutdown: () => Promise<void> } | undefined;

/**
 * Where the environment says so, by OTEL_TRACES_EXPORTER or OTEL_EXPORTER_OTLP_ENDPOINT, loads the SDK, which reads
 * all other OTEL_ variables itself. Where it doesn't, not a line of the SDK is loaded.
 */
export async function startTracing(
  app: string,
  { OTEL_TRACES_EXPORTER, OTEL_EXPORTER_OTLP_ENDPOINT }: Environment,
  logger: Logger,
) {
  if (OTEL_TRACES_EXPORTER === 'none' || !(OTEL_TRACES_EXPORTER ?? OTEL_EXPORTER_OTLP_ENDPOINT)) return;
  const { startSdk } = await import('./sdk.js');
  sdk = startSdk(app, logger);
}

/** Sends what isn't sent yet. */
export async function stopTracing() {
  await Promise.race([
    sdk?.shutdown().catch(() => undefined),
    sleep(FLUSH_WITHIN_MS, undefined, { ref: false }),
  ]);
}

export const isTracing = () => sdk !== undefined;

/** What is done now, where it is part of a trace. */
export const activeContext = (): Context => context.active();

/** For a place that has room for text only: the W3C `traceparent` of a span. */
export function traceparentOf(of: Context): string | null {
  if (!isTracing()) return null;
  const carrier: { traceparent?: string } = {};
  propagation.inject(of, carrier);
  return carrier.traceparent ?? null;
}

/** The way back; what can't be read begins a trace of its own. */
export function contextFromTraceparent(traceparent: unknown): Context {
  return typeof traceparent === 'string' ? propagation.extract(ROOT_CONTEXT, { traceparent }) : ROOT_CONTEXT;
}

/** How a span begins. */
export interface SpanStart extends SpanOptions {
  name: string;
  /** What it is a part of; unset, whatever is done now. */
  parent?: Context;
}

/** To be ended by whoever asks for it. */
export function startSpan({ name, parent = context.active(), ...options }: SpanStart): Span {
  return tracer.startSpan(name, options, parent);
}

/** Does a piece of work as one span. It fails with the work; what is said of the error is its code, never its text. */
export async function inSpan<Result>(
  start: () => SpanStart,
  work: (span?: Span) => Promise<Result>,
): Promise<Result> {
  if (!isTracing()) return work();
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

/** @param errorType a stable code, or the class of the error: messages carry names and addresses */
export function failSpan(span: Span | undefined, errorType: string) {
  span?.setAttribute('error.type', errorType).setStatus({ code: SpanStatusCode.ERROR });
}

/** Work that goes on by itself is no part of the trace that set it going. */
export const withoutTrace = <Result>(work: () => Result): Result => context.with(ROOT_CONTEXT, work);

/** Items of a batch, each with the trace that it belongs to. */
type Causes = Map<unknown, Context>;
const CAUSES = createContextKey('causes');

/**
 * Does what belongs to several traces at once. Of a single one it is a part; of more it can't be, so it begins a trace
 * of its own, whose spans link theirs (`causeLinks`).
 */
export function withTraceContexts<Result>(
  causes: () => Causes,
  work: () => Promise<Result>,
): Promise<Result> {
  if (!isTracing()) return work();
  const of = causes();
  const [only = ROOT_CONTEXT] = of.values();
  const base = of.size === 1 ? only : ROOT_CONTEXT;
  return context.with(base.setValue(CAUSES, of), work);
}

/** The trace that an item of the batch at work belongs to; without one, what is done now. */
export function traceContextOf(item?: unknown): Context {
  const causes = context.active().getValue(CAUSES) as Causes | undefined;
  return (item !== undefined && causes?.get(item)) || context.active();
}

/** To each trace of the batch at work, where there is more than one. */
export function traceLinks(): Link[] {
  const causes = context.active().getValue(CAUSES) as Causes | undefined;
  if (!causes || causes.size === 1) return [];
  return [...causes.values()]
    .map((each) => trace.getSpanContext(each))
    .filter((span) => span !== undefined)
    .map((span) => ({ context: span }));
}

/** Whether what is done now is part of a trace, or of several. */
export const isTraced = () =>
  isTracing() && (trace.getSpanContext(context.active()) !== undefined || traceLinks().length > 0);

/** For the log: which trace a line belongs to, where it belongs to one. */
export function traceFields(): { trace_id?: string } {
  const span = isTracing() ? trace.getSpanContext(context.active()) : undefined;
  return span ? { trace_id: span.traceId } : {};
}
