/**
 * Headers of every response, names and values alternating. No content sniffing, no referrer, and
 * embedding only by pages of the same origin. Responses for other origins override this. Pages of
 * the blog's origins need no permission to embed images, only to read responses by script, see
 * `cors.ts`.
 */
export const SECURITY_HEADERS = [
  'X-Content-Type-Options',
  'nosniff',
  'Referrer-Policy',
  'no-referrer',
  'Cross-Origin-Resource-Policy',
  'same-origin',
] as const;
