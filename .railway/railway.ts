/**
 * The project on Railway: `railway config plan` shows what would change, `railway config apply` does
 * it. The imported module is not a dependency of the service; `docs/railway.md` says how to install it.
 */
import { defineRailway, preserve, project, service } from 'railway/iac';
import { Environment } from '../src/app/config/environment.ts';

/**
 * `railway config apply` deletes every variable that is not named here. So all are named that the service
 * can be told, whoever sets them: the workflow, or you by hand. Those that are not set stay so. A variable
 * that is not the service's own belongs into the second line.
 */
const KEPT = [
  ...Object.keys(Environment.shape),
  ...['BACKEND_HOST', 'BACKEND_PORT', 'RAILWAY_RUN_UID'],
];

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
    env: Object.fromEntries(KEPT.map((name) => [name, preserve()])),
  });
  return project('bytesized-cafe', { resources: [backend] });
});
