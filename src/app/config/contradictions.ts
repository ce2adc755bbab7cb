import { tokenProblems } from './accounts-config.ts';
import { storeProblems } from './adapter-config.ts';
import { Environment } from './environment.ts';

/** Valid variables that contradict each other, one line each. */
export function contradictions(env: Record<string, string>): string[] {
  const images = Environment.shape.IMAGE_GEN_PREFIX.safeParse(env.IMAGE_GEN_PREFIX).data;
  const records = Environment.shape.RECORDS_PREFIX.safeParse(env.RECORDS_PREFIX).data;
  const problems = [...storeProblems(env), ...tokenProblems(env)];
  const mode = env.NODE_ENV ?? '';
  if (/^\W*prod/i.test(mode) && mode !== 'production') {
    problems.push('NODE_ENV must be exactly production, or a different word');
  }
  if (images && records && `${records}/`.startsWith(`${images}/`)) {
    problems.push('RECORDS_PREFIX must not lie within IMAGE_GEN_PREFIX, which is public');
  }
  const bucket = env.GENERATED_IMAGES_BUCKET;
  if (bucket && bucket === env.AWS_S3_BUCKET) {
    problems.push("GENERATED_IMAGES_BUCKET must not be the static site's bucket, AWS_S3_BUCKET");
  }
  return problems;
}
