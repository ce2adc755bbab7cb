import { Readable } from 'node:stream';
import { z } from 'zod';
import type { ChangeTopic, WatchChanges } from '../../../domain/admin/watch-changes.ts';
import { type AdminRoute, route } from './admin-route.ts';

/** How soon a browser asks again once a stream has ended, in milliseconds. */
const RETRY_MS = 2000;

export function eventRoutes({ watchChanges }: { watchChanges: WatchChanges }): AdminRoute[] {
  return [
    route({
      method: 'GET',
      path: '/events',
      summary: 'Server-sent events: `change`, with the topics of which something is new.',
      isBackground: true,
      answer: z
        .instanceof(Readable)
        .meta({ type: 'string', contentMediaType: 'text/event-stream' }),
      handle: async () => ({
        type: 'text/event-stream',
        // Otherwise nginx holds events back, headers included, until its buffer is full.
        headers: { 'X-Accel-Buffering': 'no' },
        body: Readable.from(eventsOf(watchChanges.watch())),
      }),
    }),
  ];
}

/** Where nothing is new, a comment keeps the connection from being taken for dead. */
async function* eventsOf(changes: AsyncGenerator<ChangeTopic[]>): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`;
  for await (const topics of changes) {
    yield topics.length === 0
      ? ': nothing new\n\n'
      : `event: change\ndata: ${JSON.stringify({ topics })}\n\n`;
  }
}
