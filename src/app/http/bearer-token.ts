/**
 * What a request's `Authorization` carries as a bearer token: empty where that is malformed, `undefined`
 * for another scheme, such as the `Basic` of a proxy in front.
 */
export function bearerTokenIn(authorization = ''): string | undefined {
  if (!/^Bearer( |$)/i.test(authorization)) return undefined;
  const [, token = ''] = /^Bearer +([!-~]+) *$/i.exec(authorization) ?? [];
  return token;
}
