/**
 * A Content-Security-Policy for pages that are whole in themselves: nothing inline, nothing from
 * elsewhere but pictures, no base, and no frame around them.
 *
 * @param images where pictures come from beside the pages' own origin, such as `data:` and an origin
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
