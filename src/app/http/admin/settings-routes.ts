import { z } from 'zod';
import type { SettingGroup } from '../../settings.ts';
import { type AdminRoute, route } from './admin-route.ts';

const SettingBody = z.strictObject({
  name: z.string(),
  value: z.string().nullable().describe('`null` for a secret, and where nothing is in force'),
  isSet: z.boolean().describe('Whether the environment says so; otherwise it is the default'),
  isSecret: z.boolean(),
  about: z.string(),
});

export const Settings = z
  .strictObject({
    groups: z.array(z.strictObject({ title: z.string(), settings: z.array(SettingBody) })),
    allowedOrigins: z
      .array(z.string())
      .describe('Whose pages may ask from a browser; none but the service’s own where empty'),
  })
  .meta({ id: 'Settings' });

interface Deps {
  settings: SettingGroup[];
  allowedOrigins: string[];
}

export function settingsRoutes({ settings, allowedOrigins }: Deps): AdminRoute[] {
  return [
    route({
      method: 'GET',
      path: '/settings',
      summary: 'What is configured, without its secrets, and what each variable is for.',
      answer: Settings,
      handle: async () => ({ body: { groups: settings, allowedOrigins } }),
    }),
  ];
}
