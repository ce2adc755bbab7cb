import { CAFE_APP } from '../../examples/blog/build-site.ts';

/** Paths that a deployment of the demo blog changes. */
export const INVALIDATED = [
  '/',
  '/index.html',
  '/page/*',
  '/posts/*',
  '/feed.rss',
  `/${CAFE_APP}/*`,
  '/css/*',
  '/images/*',
  '/fonts/*',
];

/** Names stay when files change, so readers cache them for an hour, and CloudFront is invalidated. */
const FILES = ['--cache-control', 'public, max-age=3600'];
const PAGES = ['--cache-control', 'public, max-age=0, must-revalidate'];
/** Files that change with every page, or whose type the CLI may guess wrong. */
const TYPED = [
  { pattern: '*.woff2', type: 'font/woff2', cache: FILES },
  { pattern: '*.xml', type: 'application/xml; charset=utf-8', cache: PAGES },
  { pattern: '*.rss', type: 'application/rss+xml; charset=utf-8', cache: PAGES },
  { pattern: '*.html', type: 'text/html; charset=utf-8', cache: PAGES },
];

/**
 * Arguments of the AWS CLI that deploy a site, in order: upload what pages need, upload the pages, delete
 * what the site no longer has, invalidate.
 *
 * @param output the folder of the built site
 * @throws an Error that lists what is missing or wrong, one per line
 */
export function planSiteDeployment(
  env: Readonly<Record<string, string | undefined>>,
  output: string,
): string[][] {
  const bucket = env.AWS_S3_BUCKET?.trim();
  const distribution = env.CLOUDFRONT_DISTRIBUTION_ID?.trim();
  if (!bucket || !distribution) {
    const named = { AWS_S3_BUCKET: bucket, CLOUDFRONT_DISTRIBUTION_ID: distribution };
    const missing = Object.entries(named).filter(([, value]) => !value);
    throw new Error(missing.map(([name]) => `${name} is not set`).join('\n'));
  }
  if (bucket === env.GENERATED_IMAGES_BUCKET?.trim()) {
    throw new Error(
      'AWS_S3_BUCKET must not be GENERATED_IMAGES_BUCKET: deploying the site would delete the pictures',
    );
  }
  const paths = env.INVALIDATED_PATHS?.trim().split(/\s+/).filter(Boolean) ?? [];
  const sync = ['s3', 'sync', `${output}/`, `s3://${bucket}/`];
  return [
    [...sync, ...TYPED.flatMap(({ pattern }) => ['--exclude', pattern]), ...FILES],
    ...TYPED.map(({ pattern, type, cache }) => [
      ...[...sync, '--exclude', '*', '--include', pattern],
      ...['--content-type', type, ...cache],
    ]),
    // Compares sizes, so that no file is sent again and loses its type.
    [...sync, '--delete', '--size-only'],
    [
      ...['cloudfront', 'create-invalidation', '--distribution-id', distribution],
      ...['--paths', ...(paths.length > 0 ? paths : INVALIDATED)],
    ],
  ];
}
