import { accountRoutes } from './accounts/account-routes.ts';
import { keyRoutes } from './accounts/key-routes.ts';
import { activityRoutes } from './activity-routes.ts';
import type { AdminRoute } from './admin-route.ts';
import type { Admin } from './admin-services.ts';
import { budgetActions } from './budget/budget-actions.ts';
import { budgetRoutes } from './budget/budget-routes.ts';
import { eventRoutes } from './event-route.ts';
import { imageActions } from './images/image-actions.ts';
import { imageRoutes } from './images/image-routes.ts';
import { pageActions } from './pages/page-actions.ts';
import { pageRoutes } from './pages/page-routes.ts';
import { preGenerationRoutes } from './pages/pre-generation-routes.ts';
import { readerRoutes } from './reader-route.ts';
import { settingsRoutes } from './settings-routes.ts';
import { statusRoutes } from './status-route.ts';

/** Every admin route except sign-in and sign-out. */
export function adminRoutes(admin: Admin): readonly AdminRoute[] {
  return [
    ...budgetRoutes(admin),
    ...imageRoutes(admin),
    ...pageRoutes(admin),
    ...activityRoutes(admin),
    ...eventRoutes(admin),
    ...settingsRoutes(admin),
    ...statusRoutes(admin),
    ...readerRoutes(admin),
    ...imageActions(admin),
    ...pageActions(admin),
    ...budgetActions(admin),
    ...preGenerationRoutes(admin),
    ...accountRoutes(admin),
    ...keyRoutes(admin),
  ];
}
