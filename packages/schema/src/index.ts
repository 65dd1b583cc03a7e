// SPDX-License-Identifier: Apache-2.0
// Every shape that crosses a process. This door is wide on purpose: a shape is only a name and a schema.
export {
  type AccessEvent,
  accessEvent,
  accessEventData,
  FORMS,
  OPERATIONS,
  OUTCOMES,
  timestamp,
} from './access-event.ts';
export * from './api.ts';
export * from './audit-record.ts';
export type { Problem } from './compile-checker.ts';
export * from './completeness.ts';
export { contextEvents } from './context-event.ts';
export { controlEvents } from './control-event.ts';
export {
  type Decoded,
  type DecodedEvent,
  decode,
  type ParsedEvent,
  type Unreadable,
  whoSpans,
} from './decode.ts';
export { parseInstant } from './instant.ts';
export { locate, type Span } from './json-structure.ts';
export * from './names.ts';
export { describeSchemaFinding, schemaFindings, schemaOutcome } from './schema-findings.ts';
export { beaconEvent, type Seal, sealEvent, signedText } from './seal-event.ts';
