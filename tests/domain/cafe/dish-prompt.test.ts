import { describe, expect, it } from 'vitest';
import { dishPrompt } from '../../../src/domain/cafe/dish-prompt.ts';
import { COUNTRIES, countryByCode, scopePhrase } from '../../../src/domain/countries/country.ts';

describe('the prompt', () => {
  it("asks for a single random dish popular in the reader's country", () => {
    expect(dishPrompt(countryByCode('FR'))).toContain(
      'a single random dish that is popular in France',
    );
  });

  it('asks for one popular somewhere in the world where the country is unknown', () => {
    expect(dishPrompt(undefined)).toContain('popular somewhere in the world');
  });

  it('N9: differs between countries and the world by nothing but the scope', () => {
    const worldwide = dishPrompt(undefined);
    for (const country of COUNTRIES) {
      expect(dishPrompt(country)).toContain(country.name);
      const scope = scopePhrase(country);
      expect(dishPrompt(country).replace(scope, 'somewhere in the world')).toBe(worldwide);
    }
  });

  it('prefers specific local dishes and avoids fast food', () => {
    const prompt = dishPrompt(undefined);
    expect(prompt).toContain('specific, visually distinct local dish');
    expect(prompt).toContain('globally common fast food');
    expect(prompt).toContain('genuinely the random choice');
  });
});
