import { describe, expect, it } from 'vitest';
import { planSiteDeployment } from '../../scripts/deployment/site-deployment.ts';

const env = { AWS_S3_BUCKET: 'blog', CLOUDFRONT_DISTRIBUTION_ID: 'E1' };

describe('deploying the site', () => {
  it('R0-118: brings what pages need, then pages, then removes what is gone', () => {
    const commands = planSiteDeployment(env, 'Output');
    const syncs = commands.slice(0, -1);
    for (const args of syncs) {
      expect(args.slice(0, 4)).toEqual(['s3', 'sync', 'Output/', 's3://blog/']);
    }
    const pages = syncs.findIndex((args) => args.includes('text/html; charset=utf-8'));
    const removing = syncs.map((args, at) => (args.includes('--delete') ? at : -1));
    expect(removing.filter((at) => at >= 0)).toEqual([syncs.length - 1]);
    expect(pages).toBe(syncs.length - 2);
    expect(syncs[0]).not.toContain('--include');
  });

  it('tells nobody to keep what changes with every page: pages, the feed and the sitemap', () => {
    const [first, ...others] = planSiteDeployment(env, 'Output').slice(0, -2);
    const fresh = 'public, max-age=0, must-revalidate';
    for (const pattern of ['*.html', '*.rss', '*.xml']) {
      expect(first).toContain(pattern);
      const [sync] = others.filter((args) => args.includes(pattern));
      expect(sync?.at(-1)).toBe(fresh);
    }
  });

  it('R0-120: has CloudFront forget exactly what changes, at the end', () => {
    const last = planSiteDeployment(env, 'Output').at(-1);
    const forget = ['cloudfront', 'create-invalidation', '--distribution-id', 'E1', '--paths'];
    const paths = '/ /index.html /page/* /posts/* /feed.rss /bytesized-cafe-app/*';
    const folders = '/css/* /images/* /fonts/*';
    expect(last).toEqual([...forget, ...`${paths} ${folders}`.split(' ')]);
  });

  it('takes other paths where the site has others', () => {
    const last = planSiteDeployment({ ...env, INVALIDATED_PATHS: ' /a  /b/*\n' }, 'Output').at(-1);
    expect(last?.slice(5)).toEqual(['/a', '/b/*']);
  });

  it('names all that is missing', () => {
    expect(() => planSiteDeployment({}, 'Output')).toThrow(
      'AWS_S3_BUCKET is not set\nCLOUDFRONT_DISTRIBUTION_ID is not set',
    );
  });

  it("R0-047: refuses the pictures' bucket, which it would empty", () => {
    expect(() => planSiteDeployment({ ...env, GENERATED_IMAGES_BUCKET: 'blog' }, 'Output')).toThrow(
      'must not be GENERATED_IMAGES_BUCKET',
    );
  });
});
