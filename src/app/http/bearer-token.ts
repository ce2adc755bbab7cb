/**
 * The bearer token of an `Authorization` header: empty if malformed, `undefined` for another
 * scheme, such as the `Basic` of a proxy in front.
 */
export function bearerTokenIn(authorization = ''): string | undefined {
  if (!/^Bearer( |$)/i.test(authorization)) return undefined;
  const [, token = ''] = /^Bearer +([!-~]+) *$/i.exec(authorization) ?? [];
  return token;
}
