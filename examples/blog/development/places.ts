/** Somewhere to visit from. */
export interface Place {
  code: string;
  name: string;
  /** A public address there; the service finds the country from it by itself. */
  address: string;
}

/** Most of the addresses are universities'; a test looks each up in the bundled database. */
export const PLACES: readonly Place[] = [
  { code: 'BR', name: 'Brazil', address: '143.107.253.3' },
  { code: 'ET', name: 'Ethiopia', address: '213.55.96.148' },
  { code: 'FR', name: 'France', address: '129.175.15.11' },
  { code: 'IN', name: 'India', address: '14.139.60.1' },
  { code: 'IT', name: 'Italy', address: '131.114.21.10' },
  { code: 'JP', name: 'Japan', address: '133.11.0.1' },
  { code: 'MX', name: 'Mexico', address: '132.248.10.2' },
  { code: 'MA', name: 'Morocco', address: '196.200.131.131' },
  { code: 'NG', name: 'Nigeria', address: '197.210.252.44' },
  { code: 'TH', name: 'Thailand', address: '161.200.80.1' },
  { code: 'TR', name: 'Türkiye', address: '144.122.199.90' },
];
