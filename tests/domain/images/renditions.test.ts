import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../../src/adapters/image-store/memory.ts';
import { countryByCode } from '../../../src/domain/countries/country.ts';
import {
  type Renditions,
  renditionMetadata,
  renditionsIn,
} from '../../../src/domain/images/image-labels.ts';
import { RenditionUrls } from '../../../src/domain/images/rendition-urls.ts';
import { ImageKeys } from '../../../src/domain/storage/image-keys.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const DAY_MS = 86_400_000;
const renditions: Renditions = {
  of: { day: '2026/11/21', id: ID, country: countryByCode('CI') },
  widths: [480, 768],
  thumbhash: '7wgGJwbdeGh/eHdudGeIh2d3RnUJRJcA',
};
const metadata = renditionMetadata(renditions);

describe('what labels say of renditions', () => {
  it('is which picture they were made of, how wide they are, and their colours', () => {
    expect(metadata).toEqual({
      dated: `2026/11/21/${ID}-cote-d-ivoire`,
      widths: '480,768',
      thumbhash: '7wgGJwbdeGh/eHdudGeIh2d3RnUJRJcA',
    });
  });

  it.each([
    renditions,
    { ...renditions, widths: [] },
    { ...renditions, widths: [480, 768, 1024] as const },
    { ...renditions, of: { ...renditions.of, country: undefined } },
    { ...renditions, thumbhash: 'AAAAAAA=' },
  ])('can be read back: %o', (some) => {
    expect(renditionsIn(renditionMetadata(some))).toEqual(some);
  });

  it('is nothing where there are none', () => {
    expect(renditionMetadata(undefined)).toEqual({});
    expect(renditionsIn({ source: 'generated' })).toBeUndefined();
  });

  it.each([
    ['dated', ''],
    ['dated', `2026/11/21/${ID}-atlantis`],
    ['dated', `2026/11/21/${ID}.png`],
    ['dated', `../21/${ID}`],
    ['dated', `https://elsewhere.example/${ID}`],
    ['dated', `page-cache/article/${ID}`],
    ['widths', '480,768,'],
    ['widths', '768,480'],
    ['widths', '480,480'],
    ['widths', '480, 768'],
    ['widths', '640'],
    ['widths', '99999'],
    ['widths', '480,NaN'],
    ['thumbhash', ''],
    ['thumbhash', 'AAAA'],
    ['thumbhash', 'not base64!'],
    ['thumbhash', '"><script>alert(1)</script>'],
    ['thumbhash', `${'A'.repeat(40)}`],
  ])('is not believed where %s is %o', (name, value) => {
    expect(renditionsIn({ ...metadata, [name]: value })).toBeUndefined();
  });
});

describe("renditions' URLs", () => {
  const picture = {
    country: 'CI',
    width: 1000,
    height: 1500,
    model: undefined,
    renditions,
  } as const;

  function open(lifetimeMs = 30 * DAY_MS) {
    const store = new MemoryImageStore({ publicBaseUrl: 'https://pictures.example' });
    const clock = new ManualClock(Date.UTC(2026, 10, 21, 18));
    const keys = new ImageKeys('generated/v2');
    return { clock, urls: new RenditionUrls({ store, keys, clock, lifetimeMs }) };
  }

  it('are beside the dated picture, with their sizes', () => {
    const { urls } = open();
    const base = `https://pictures.example/generated/v2/2026/11/21/${ID}-cote-d-ivoire`;
    expect(urls.webps(picture)).toEqual([
      { url: `${base}.480.webp`, width: 480, height: 720, type: 'image/webp' },
      { url: `${base}.768.webp`, width: 768, height: 1152, type: 'image/webp' },
    ]);
    expect(urls.card(picture)).toBe(`${base}.card.jpg`);
  });

  it('are none for a picture without, of unknown size, or narrower than they are said to be', () => {
    const { urls } = open();
    expect(urls.webps({ ...picture, renditions: undefined })).toEqual([]);
    expect(urls.card({ ...picture, renditions: undefined })).toBeUndefined();
    expect(urls.webps({ ...picture, width: undefined })).toEqual([]);
    expect(urls.webps({ ...picture, width: 600 }).map(({ width }) => width)).toEqual([480]);
  });

  it('are listed for as long as the picture they were made of is there', async () => {
    const { clock, urls } = open();
    await clock.advance(29 * DAY_MS);
    expect(urls.webps(picture)).toHaveLength(2);
    await clock.advance(DAY_MS / 4);
    expect(urls.webps(picture)).toEqual([]);
    expect(urls.card(picture)).toBeUndefined();
  });

  it('are always listed where nothing expires, but not for a day that is in no calendar', async () => {
    const { clock, urls } = open(Number.POSITIVE_INFINITY);
    await clock.advance(10_000 * DAY_MS);
    expect(urls.webps(picture)).toHaveLength(2);
    const odd = { ...renditions, of: { ...renditions.of, day: '2026/99/99' as const } };
    expect(urls.webps({ ...picture, renditions: odd })).toEqual([]);
  });
});
