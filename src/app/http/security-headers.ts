/**
 * Of every answer, names and values in turn: it is what it says it is, whoever follows a link from it
 * does not say so, and only pages of the same origin may embed it. What is for pages of other origins
 * says so itself; scripts of the blog's origins need no leave to embed but one to read, see `cors.ts`.
 */
export const SECURITY_HEADERS = [
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'no-referrer',
  'Cross-Origin-Resource-Policy',
  'same-origin',
] as const;
