const CENTS = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD' });
const FRACTIONS = new Intl.NumberFormat('en', {
  style: 'currency',
  currency: 'USD',
  maximumFractionDigits: 4,
});

/** US dollars as people read them: `$12.40`, and what one picture costs as `$0.034`. */
export function formatDollars(dollars: number): string {
  return (dollars < 1 ? FRACTIONS : CENTS).format(dollars);
}
