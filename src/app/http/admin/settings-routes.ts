import { z } from 'zod';
import { blogSnippet } from '../../blog-snippet.ts';
import type { SettingGroup } from '../../config/settings.ts';
import { type AdminRoute, route } from './admin-route.ts';

const SettingBody = z.strictObject({
  name: z.string(),
  value: z.string().nullable().describe('`null` for a secret, and if nothing applies'),
  isSet: z.boolean().describe('Whether the environment sets it; otherwise it is the default'),
  isSecret: z.boolean(),
  about: z.string(),
});

/**
 * The admin shows it in lines to copy. So only an origin is allowed, which cannot contain markup.
 */
const SettingsQuery = z.strictObject({
  service: z
    .url({ protocol: /^https?$/ })
    .transform((text) => new URL(text).origin)
    .default('https://cafe.example')
    .describe('The service’s URL for browsers, used in the snippet'),
});

export const Settings = z
  .strictObject({
    groups: z.array(z.strictObject({ title: z.string(), settings: z.array(SettingBody) })),
    allowedOrigins: z
      .array(z.string())
      .describe('Origins whose pages may call the API; if empty, only the service’s own'),
    snippet: z
      .strictObject({ script: z.string(), element: z.string(), styles: z.string() })
      .describe('The lines for a page of the blog'),
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
      summary: 'The configuration without secrets, and the description of each variable.',
      query: SettingsQuery,
      answer: Settings,
      handle: async ({ query: { service } }) => {
        const { script, element, styles } = blogSnippet({ service, type: 'article' });
        return { body: { groups: settings, allowedOrigins, snippet: { script, element, styles } } };
      },
    }),
  ];
}
