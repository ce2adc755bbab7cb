import { Readable } from 'node:stream';
import { z } from 'zod';
import type { Sessions } from '../../../domain/admin/sessions.ts';
import type { ChangeTopic, WatchChanges } from '../../../domain/admin/watch-changes.ts';
import { type AdminRoute, route } from './admin-route.ts';

/** How soon a browser reconnects after a stream has ended, in milliseconds. */
const RETRY_MS = 2000;

interface Deps {
  watchChanges: WatchChanges;
  sessions: Sessions;
}

export function eventRoutes({ watchChanges, sessions }: Deps): AdminRoute[] {
  return [
    route({
      method: 'GET',
      path: '/events',
      summary: 'Server-sent events: `change`, with the topics that changed.',
      isBackground: true,
      answer: z
        .instanceof(Readable)
        .meta({ type: 'string', contentMediaType: 'text/event-stream' }),
      async handle({ caller: { session } }) {
        const mayWatch = async () => !session || (await sessions.goesOn(session));
        return {
          type: 'text/event-stream',
          // Otherwise nginx buffers events and headers until its buffer is full.
          headers: { 'X-Accel-Buffering': 'no' },
          body: Readable.from(eventsOf(watchChanges.watch(mayWatch))),
        };
      },
    }),
  ];
}

/** Without news, a comment keeps the connection alive. */
async function* eventsOf(changes: AsyncGenerator<ChangeTopic[]>): AsyncGenerator<string> {
  yield `retry: ${RETRY_MS}\n\n`;
  for await (const topics of changes) {
    yield topics.length === 0
      ? ': nothing new\n\n'
      : `event: change\ndata: ${JSON.stringify({ topics })}\n\n`;
  }
}
