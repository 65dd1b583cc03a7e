// SPDX-License-Identifier: Apache-2.0
// The trace that an access belongs to, where the service has OpenTelemetry.
import { createRequire } from 'node:module';
import type * as OpenTelemetry from '@opentelemetry/api';

/** Reads the active span's W3C trace context; undefined where @opentelemetry/api is not installed. */
export function activeTraceReader(): (() => string | undefined) | undefined {
  const api = openTelemetry();
  if (api === undefined) return undefined;
  const { trace, isSpanContextValid } = api;
  return () => {
    const context = trace.getActiveSpan()?.spanContext();
    if (context === undefined || !isSpanContextValid(context)) return undefined;
    return `00-${context.traceId}-${context.spanId}-${(context.traceFlags & 0xff).toString(16).padStart(2, '0')}`;
  };
}

function openTelemetry(): typeof OpenTelemetry | undefined {
  try {
    return createRequire(import.meta.url)('@opentelemetry/api') as typeof OpenTelemetry;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'MODULE_NOT_FOUND') return undefined;
    throw cause;
  }
}
