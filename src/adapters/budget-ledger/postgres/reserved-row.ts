import type { GenerationDraft } from '../../../domain/budget/generation-record.ts';
import { type GenerationRow, rowOf } from '../../postgres/generation-rows.ts';

/**
 * The row of a reservation.
 *
 * @param account whose money it is; without one, the cafe's
 */
export function reservedRow(
  draft: GenerationDraft,
  reservedAt: string,
  account?: string,
): GenerationRow {
  const { id, day, subject, model, prompt, reservedMicroUsd } = draft;
  const { page, country } = subject;
  return rowOf(
    {
      id,
      state: 'reserved',
      reservedAt,
      page,
      country: country?.code ?? null,
      model,
      prompt,
      costMicroUsd: reservedMicroUsd,
    },
    { day, account },
  );
}
