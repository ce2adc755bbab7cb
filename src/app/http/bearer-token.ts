/** What a request's `Authorization` carries as a bearer token; empty for anything else. */
export function bearerTokenIn(authorization: string | undefined): string {
  const [, token = ''] = /^Bearer +([!-~]+) *$/i.exec(authorization ?? '') ?? [];
  return token;
}
