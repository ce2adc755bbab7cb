import { z } from 'zod';
import { blogSnippet } from '../../blog-snippet.ts';
import type { SettingGroup } from '../../config/settings.ts';
import { type AdminRoute, route } from './admin-route.ts';

const SettingBody = z.strictObject({
  name: z.string(),
  value: z.string().nullable().describe('`null` for a secret, and where nothing is in force'),
  isSet: z.boolean().describe('Whether the environment says so; otherwise it is the default'),
  isSecret: z.boolean(),
  about: z.string(),
});

/** Shown as lines to copy, so they must not allow other markup: only an origin. */
const SettingsQuery = z.strictObject({
  service: z
    .url({ protocol: /^https?$/ })
    .transform((text) => new URL(text).origin)
    .default('https://cafe.example')
    .describe('Where browsers reach the service: goes into the snippet'),
});

export const Settings = z
  .strictObject({
    groups: z.array(z.strictObject({ title: z.string(), settings: z.array(SettingBody) })),
    allowedOrigins: z
      .array(z.string())
      .describe('Whose pages may ask from a browser; none but the service’s own where empty'),
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
      summary: 'What is configured, without its secrets, and what each variable is for.',
      query: SettingsQuery,
      answer: Settings,
      handle: async ({ query: { service } }) => {
        const { script, element, styles } = blogSnippet({ service, type: 'article' });
        return { body: { groups: settings, allowedOrigins, snippet: { script, element, styles } } };
      },
    }),
  ];
}
