/**
 * A public address in every country that the form offers, most of them of universities. The server
 * finds the country from the address by itself; a test looks each of them up in its database.
 */
export const READER_ADDRESSES: Readonly<Record<string, string>> = {
  BR: '143.107.253.3',
  ET: '213.55.96.148',
  FR: '129.175.15.11',
  IN: '14.139.60.1',
  IT: '131.114.21.10',
  JP: '133.11.0.1',
  MX: '132.248.10.2',
  MA: '196.200.131.131',
  NG: '197.210.252.44',
  TH: '161.200.80.1',
  TR: '144.122.199.90',
};
