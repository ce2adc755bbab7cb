const CENTS = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });
const FRACTIONS = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 4,
});

/** Such as `$12.40`, or `$0.034` for amounts below a dollar. */
export function formatDollars(dollars: number): string {
  return (dollars < 1 ? FRACTIONS : CENTS).format(dollars);
}
