import { describe, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import type * as page from '../../admin/api/api-types.ts';
import type { Activity } from '../../src/app/http/admin/activity-routes.ts';
import type { Budget } from '../../src/app/http/admin/budget/budget-routes.ts';
import type { ImageDetail, Images } from '../../src/app/http/admin/images/image-routes.ts';
import type { Pages } from '../../src/app/http/admin/pages/page-routes.ts';
import type { Settings } from '../../src/app/http/admin/settings-routes.ts';
import type { Status } from '../../src/app/http/admin/status-route.ts';

/** Checked by the compiler: `npm run typecheck`. */
describe("the page's idea of what the API answers", () => {
  it("is the API's own", () => {
    expectTypeOf<page.Budget>().toEqualTypeOf<z.infer<typeof Budget>>();
    expectTypeOf<page.Paged<page.Image>>().toEqualTypeOf<z.infer<typeof Images>>();
    expectTypeOf<page.ImageDetail>().toEqualTypeOf<z.infer<typeof ImageDetail>>();
    expectTypeOf<page.Paged<page.ShownPage>>().toEqualTypeOf<z.infer<typeof Pages>>();
    expectTypeOf<page.Paged<page.Act>>().toEqualTypeOf<z.infer<typeof Activity>>();
    expectTypeOf<page.Status>().toEqualTypeOf<z.infer<typeof Status>>();
    expectTypeOf<page.Settings>().toEqualTypeOf<z.infer<typeof Settings>>();
  });
});
