import { describe, expect, it } from 'vitest';
import {
  COUNTRIES,
  countryByCode,
  countryBySlug,
  scopePhrase,
} from '../../../src/domain/countries/country.ts';

describe('the country table', () => {
  it('has 250 countries with unique codes and slugs', () => {
    expect(COUNTRIES).toHaveLength(250);
    expect(new Set(COUNTRIES.map(({ code }) => code)).size).toBe(250);
    expect(new Set(COUNTRIES.map(({ slug }) => slug)).size).toBe(250);
  });

  it('N3: agrees with the names of the Node that runs it', () => {
    const names = new Intl.DisplayNames(['en'], { type: 'region', fallback: 'none' });
    for (const { code, name } of COUNTRIES) expect([code, name]).toEqual([code, names.of(code)]);
  });

  it('has slugs of ASCII letters and hyphens', () => {
    for (const { slug } of COUNTRIES) expect(slug).toMatch(/^[a-z]+(-[a-z]+)*$/);
  });

  it.each([
    ['FR', 'France', 'france'],
    ['JP', 'Japan', 'japan'],
    ['CI', 'Côte d’Ivoire', 'cote-d-ivoire'],
    ['TR', 'Türkiye', 'turkiye'],
    ['TT', 'Trinidad & Tobago', 'trinidad-tobago'],
    ['XK', 'Kosovo', 'kosovo'],
  ])('knows %s as %s, %s', (code, name, slug) => {
    expect(countryByCode(code)).toEqual({ code, name, slug });
    expect(countryBySlug(slug)?.code).toBe(code);
  });

  it.each(['XX', 'ZZ', 'EU', 'T1', 'A1', 'AP', 'UK', 'SU', 'fr', 'Fr', '', '../', 'FRA', null, 7])(
    'does not take %j for a country',
    (code) => {
      expect(countryByCode(code)).toBeUndefined();
    },
  );

  it.each([
    ['FR', 'in France'],
    ['NL', 'in the Netherlands'],
    ['GB', 'in the United Kingdom'],
    [undefined, 'somewhere in the world'],
  ])('is put into a sentence: %s, %s', (code, phrase) => {
    expect(scopePhrase(countryByCode(code))).toBe(phrase);
  });
});
