/**
 * A Content-Security-Policy for self-contained pages: nothing inline, no foreign resources except
 * images, no base, no framing.
 *
 * @param images image sources besides the pages' own origin, such as `data:` and an origin
 * @param more further directives, such as `trusted-types lit-html`
 */
export function contentPolicy(images: readonly string[], more: readonly string[] = []): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    ["img-src 'self'", ...images].join(' '),
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    ...more,
  ].join('; ');
}
