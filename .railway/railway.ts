/**
 * The project on Railway. `railway config plan` shows the changes, `railway config apply` applies
 * them. The imported module is not a dependency of the service; `docs/railway.md` says how to install it.
 */
import { defineRailway, postgres, preserve, project, service } from 'railway/iac';
import { Environment } from '../src/app/config/environment.ts';

/**
 * `railway config apply` deletes every variable that is not listed here. So this lists all variables of the
 * service, whether the workflow or you set them. Variables that are not set stay unset. Add variables that
 * are not the service's own to the second line.
 */
const KEPT = [
  ...Object.keys(Environment.shape),
  ...['BACKEND_HOST', 'BACKEND_PORT', 'RAILWAY_RUN_UID'],
];

/**
 * Set this to `true` for a PostgreSQL database next to the service. Set it back only after a backup, because
 * `apply` deletes what is not listed.
 */
const HAS_DATABASE = false;

// biome-ignore lint/style/noDefaultExport: Railway's CLI looks for it.
export default defineRailway(() => {
  const database = HAS_DATABASE ? postgres('database') : undefined;
  const backend = service('backend', {
    build: { builder: 'DOCKERFILE', dockerfilePath: 'Dockerfile' },
    deploy: {
      restartPolicyType: 'ON_FAILURE',
      restartPolicyMaxRetries: 10,
      overlapSeconds: 20,
      // 180 seconds for a generation, two minutes until it is stored, and some more; see railway.toml.
      drainingSeconds: 310,
    },
    healthcheck: '/health',
    healthcheckTimeout: 60,
    // The domain that the site is built with. Put yours here:
    // domains: [{ domain: 'cafe.example.com', port: 8080 }],
    env: {
      ...Object.fromEntries(KEPT.map((name) => [name, preserve()])),
      // By the private network, which encrypts; so the URL needs no sslmode.
      ...(database && { DATABASE_URL: database.env.DATABASE_URL }),
    },
  });
  return project('bytesized-cafe', { resources: database ? [database, backend] : [backend] });
});
