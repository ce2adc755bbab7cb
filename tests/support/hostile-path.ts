import fc from 'fast-check';
import { COUNTRIES } from '../../src/domain/countries/country.ts';

const PIECES = [
  'a',
  'b',
  'A',
  '-',
  '--',
  '~',
  '.',
  '_',
  ' ',
  'é',
  'e\u0301',
  'ß',
  'ss',
  '🍣',
  '寿',
  'root',
  'index.html',
  'anywhere',
  'page-cache',
  '%2f',
  '%252f',
  '%25',
  '%7E',
  '0123456789abcdef',
  '~0123456789abcdef',
  ...COUNTRIES.map(({ slug }) => slug),
];

/** Paths that try to look like one another, all of them acceptable. */
export function hostilePath(): fc.Arbitrary<string> {
  const segment = fc
    .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 4 })
    .map((pieces) => pieces.join(''))
    .filter((text) => !/(^|%2f)\.\.($|%2f)/i.test(text));
  return fc
    .array(segment, { maxLength: 4 })
    .map((segments) => `/${segments.join('/')}`)
    .filter((path) => path.length < 300 && !/^[/ .]*[ .][/ .]*$/.test(path));
}
