/**
 * The project on Railway: `railway config plan` shows what would change, `railway config apply` does
 * it. The module that is imported here is no dependency of the service; `docs/deploy.md` has how to get it.
 */
import { defineRailway, preserve, project, service } from 'railway/iac';

/** Set by .github/workflows/deploy.yml; what is not named here would be deleted. */
const SYNCHRONISED = [
  'GENERATED_IMAGES_BUCKET',
  'OPENAI_API_KEY',
  'OPENAI_IMAGE_MODEL',
  'IMAGE_GEN_PREFIX',
  'AWS_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'HOST',
  'PORT',
];
/** Set by hand on Railway. A further one of yours belongs here too. */
const BY_HAND = ['CORS_ALLOWED_ORIGINS', 'DAILY_GENERATION_BUDGET'];

// biome-ignore lint/style/noDefaultExport: Railway's CLI looks for it.
export default defineRailway(() => {
  const backend = service('backend', {
    build: { builder: 'DOCKERFILE', dockerfilePath: 'Dockerfile' },
    deploy: {
      restartPolicyType: 'ON_FAILURE',
      restartPolicyMaxRetries: 10,
      overlapSeconds: 20,
      // A picture's 180 seconds, two minutes until it is stored, and some more; see railway.toml.
      drainingSeconds: 310,
    },
    healthcheck: '/health',
    healthcheckTimeout: 60,
    // The stable name that the site is built with. Put yours here:
    // domains: [{ domain: 'cafe.example.com', port: 8080 }],
    env: Object.fromEntries([...SYNCHRONISED, ...BY_HAND].map((name) => [name, preserve()])),
  });
  return project('bytesized-cafe', { resources: [backend] });
});
