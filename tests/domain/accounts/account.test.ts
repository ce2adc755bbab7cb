import { describe, expect, it } from 'vitest';
import { parseAccountId } from '../../../src/domain/accounts/account.ts';

describe("an account's id", () => {
  it.each([
    'blog',
    'A',
    '7',
    'user_2NNEqL2nrIRdJ194ndJqAHwEfxC',
    'auth0|5f7c8ec7c33c6c004bbafe82',
    'google-oauth2|103547991597142817347',
    '6f1c7c2e-9d0b-4a8e-8a51-1f0d6a3c9b11',
    'someone+blog@example.com',
    'system:serviceaccount:blog:default',
    'x'.repeat(255),
  ])('may be %s', (text) => {
    expect(parseAccountId(text)).toBe(text);
  });

  it.each([
    '',
    ' blog',
    'blog ',
    'a b',
    '.',
    '..',
    '-blog',
    '_blog',
    '|x',
    'a/b',
    'a\\b',
    'a%2e',
    'a\nb',
    'blog\n',
    'a\0',
    'café',
    'а',
    'a?b',
    'a#b',
    '<a>',
    "a'b",
    'x'.repeat(256),
  ])('may not be %o', (text) => {
    expect(parseAccountId(text)).toBeUndefined();
  });
});
