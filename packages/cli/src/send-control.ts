// SPDX-License-Identifier: Apache-2.0
// A control event by the trail's own keepers: checked here, durable when it resolves, committed like any other.
import { hostname } from 'node:os';
import { controlEvents } from '@ashiato/schema';
import type { Command } from 'commander';
import { z } from 'zod';
import { cannotRun } from './exit.ts';
import { callTrail, type Where, withWhere } from './trail-address.ts';

export interface Keeper extends Where {
  /** Staff id of who orders it. */
  by: string;
  case: string;
}

/** Adds who does it and under which case: nothing of this kind is done without. */
export const withKeeper = (command: Command): Command =>
  withWhere(command)
    .requiredOption('--by <staff>', 'staff id of who orders it; is recorded')
    .requiredOption('--case <case>', 'the case that it belongs to; is recorded');

/** Resolves with the event's id once it is durable. Ends the command where the event is not as its kind wants it. */
export async function sendControl(keeper: Keeper, kind: string, data: object): Promise<string> {
  const type = `io.ashiato.control.${kind}.v1`;
  const event = {
    specversion: '1.0',
    id: crypto.randomUUID(),
    source: `/ashiato/cli/${hostname().replaceAll(/[^A-Za-z0-9._-]/g, '-')}`,
    type,
    time: new Date().toISOString(),
    datacontenttype: 'application/json',
    data: { by: { id: keeper.by, type: 'user' }, ...data },
  };
  const checked = controlEvents[type]!.safeParse(event);
  if (!checked.success)
    throw cannotRun(`not recorded, since it is no ${kind}:\n${z.prettifyError(checked.error)}`);
  const response = await callTrail(keeper, 'admin', 'intake', '/v1/events', {
    method: 'POST',
    headers: { 'content-type': 'application/cloudevents+json' },
    body: JSON.stringify(event),
  });
  if (response.ok) return event.id;
  throw cannotRun(`the intake answered ${response.status}; the order is not recorded, so nothing was done`);
}
