import { z } from 'zod';
import { LAST_MOMENT } from '../../../domain/kernel/day.ts';
import { UUID } from '../../../domain/kernel/uuid.ts';

/** A position in a list: the creation time and the id of the last item before it. */
export interface ListPosition {
  /** Milliseconds since the Unix epoch. */
  createdAt: number;
  id: string;
}

const CURSOR = new RegExp(`^(\\d{1,15})\\.(${UUID})$`);

const Cursor = z.string().transform((text, ctx): ListPosition => {
  const [, digits, id] = CURSOR.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? [];
  const createdAt = Number(digits);
  if (id !== undefined && createdAt <= LAST_MOMENT) return { createdAt, id };
  ctx.addIssue({ code: 'custom', message: 'must be the nextCursor of an earlier answer' });
  return z.NEVER;
});

/** The parameters of every list. */
export const ListQuery = z.object({
  limit: z
    .string()
    .regex(/^([1-9]\d?|100)$/, 'must be a whole number from 1 to 100')
    .default('20')
    .transform(Number),
  cursor: Cursor.optional(),
});

export interface ListPage<T> {
  items: T[];
  /** `null` at the end. */
  nextCursor: string | null;
}

/** @param next the last item of the page, if another page follows */
export function presentPage<T>(items: T[], next: ListPosition | undefined): ListPage<T> {
  const cursor = next && Buffer.from(`${next.createdAt}.${next.id}`).toString('base64url');
  return { items, nextCursor: cursor ?? null };
}
