import { z } from 'zod';

/** The schemas of the image responses. The JSON is written by hand, see `generate-route.ts`. */
export const PictureUrl = z
  .strictObject({ url: z.string().describe('The picture, a PNG') })
  .meta({ id: 'PictureUrl' });

const Pixels = z.int().positive();

export const PictureDetails = z
  .strictObject({
    url: z.string().describe('The picture, a PNG'),
    alt: z.string().describe('Alternative text'),
    country: z
      .strictObject({ code: z.string(), name: z.string() })
      .nullable()
      .describe('The country of the dish; `null` for a worldwide one'),
    width: Pixels.optional(),
    height: Pixels.optional(),
    source: z.enum(['stored', 'generated', 'fallback']),
    model: z
      .string()
      .optional()
      .describe(
        'The model that made it, or `sketch` for the built-in generator; absent if unknown',
      ),
    placeholder: z.string().optional().describe('A ThumbHash in base64'),
    renditions: z
      .array(z.strictObject({ url: z.string(), type: z.string(), width: Pixels, height: Pixels }))
      .optional()
      .describe('Smaller versions, narrowest first'),
  })
  .meta({ id: 'PictureDetails' });
