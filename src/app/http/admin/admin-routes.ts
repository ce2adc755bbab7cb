import type { Admin } from '../../admin.ts';
import { activityRoutes } from './activity-routes.ts';
import type { AdminRoute } from './admin-route.ts';
import { budgetActions } from './budget-actions.ts';
import { budgetRoutes } from './budget-routes.ts';
import { eventRoutes } from './event-route.ts';
import { imageActions } from './image-actions.ts';
import { imageRoutes } from './image-routes.ts';
import { pageActions } from './page-actions.ts';
import { pageRoutes } from './page-routes.ts';
import { readerRoutes } from './reader-route.ts';
import { settingsRoutes } from './settings-routes.ts';
import { statusRoutes } from './status-route.ts';
import { warmingRoutes } from './warming-routes.ts';

/** Every route of the admin but those for signing in and out. */
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
    ...warmingRoutes(admin),
  ];
}
