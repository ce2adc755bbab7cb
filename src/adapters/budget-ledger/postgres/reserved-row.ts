import type { GenerationDraft } from '../../../domain/budget/generation-record.ts';
import { type GenerationRow, rowOf } from '../../postgres/generation-rows.ts';

/** The row of a reservation. */
export function reservedRow(draft: GenerationDraft, reservedAt: string): GenerationRow {
  const { id, day, account, subject, model, prompt, reservedMicroUsd } = draft;
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
