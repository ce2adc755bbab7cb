/** Amounts of a budget: pictures and cost of a day, and cost of its month. `Infinity` for no limit. */
export interface Amounts {
  pictures: number;
  dayMicroUsd: number;
  monthMicroUsd: number;
}

/** The rest of `limits`; negative if more is used. */
export function leftOf(limits: Amounts, used: Amounts): Amounts {
  return {
    pictures: limits.pictures - used.pictures,
    dayMicroUsd: limits.dayMicroUsd - used.dayMicroUsd,
    monthMicroUsd: limits.monthMicroUsd - used.monthMicroUsd,
  };
}

/** The rest after one more image at that price. */
export function withOneMore(left: Amounts, priceMicroUsd: number): Amounts {
  return leftOf(left, { pictures: 1, dayMicroUsd: priceMicroUsd, monthMicroUsd: priceMicroUsd });
}

/** The rest after one image less at that price. */
export function withOneLess(left: Amounts, priceMicroUsd: number): Amounts {
  return leftOf(left, { pictures: -1, dayMicroUsd: -priceMicroUsd, monthMicroUsd: -priceMicroUsd });
}

export function isExceeded({ pictures, dayMicroUsd, monthMicroUsd }: Amounts): boolean {
  return pictures < 0 || dayMicroUsd < 0 || monthMicroUsd < 0;
}

/** Whether one more image at that price fits. */
export function fits(left: Amounts, priceMicroUsd: number): boolean {
  return !isExceeded(withOneMore(left, priceMicroUsd));
}
