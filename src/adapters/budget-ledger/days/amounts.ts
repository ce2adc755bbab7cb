/**
 * Of a budget: pictures of a day, and millionths of a US dollar of that day and of its month. What is
 * not limited is `Infinity`.
 */
export interface Amounts {
  pictures: number;
  dayMicroUsd: number;
  monthMicroUsd: number;
}

/** What is left of `limits`; below zero where more than that is used. */
export function leftOf(limits: Amounts, used: Amounts): Amounts {
  return {
    pictures: limits.pictures - used.pictures,
    dayMicroUsd: limits.dayMicroUsd - used.dayMicroUsd,
    monthMicroUsd: limits.monthMicroUsd - used.monthMicroUsd,
  };
}

/** What is left once there is a picture more at that price. */
export function withOneMore(left: Amounts, priceMicroUsd: number): Amounts {
  return leftOf(left, { pictures: 1, dayMicroUsd: priceMicroUsd, monthMicroUsd: priceMicroUsd });
}

/** What is left once there is a picture less at that price. */
export function withOneLess(left: Amounts, priceMicroUsd: number): Amounts {
  return leftOf(left, { pictures: -1, dayMicroUsd: -priceMicroUsd, monthMicroUsd: -priceMicroUsd });
}

export function isExceeded({ pictures, dayMicroUsd, monthMicroUsd }: Amounts): boolean {
  return pictures < 0 || dayMicroUsd < 0 || monthMicroUsd < 0;
}

/** Whether a picture more at that price fits. */
export function fits(left: Amounts, priceMicroUsd: number): boolean {
  return !isExceeded(withOneMore(left, priceMicroUsd));
}
