import type { AdminSessions } from '../domain/admin/admin-sessions.ts';
import type { FailedAttempts } from '../domain/admin/failed-attempts.ts';
import type { Journal } from '../domain/ports/journal.ts';

/** What the owner can see and do, as the admin's routes need it. */
export interface Admin {
  sessions: AdminSessions;
  attempts: FailedAttempts;
  journal: Journal;
  /** A token that was made because none is configured; never in production. */
  madeToken: string | undefined;
}
