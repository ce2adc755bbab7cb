import type { UpstreamWatch } from '../domain/monitoring/upstream-health.ts';

/** A command ends too soon for its upstreams' health to matter. */
export const UNWATCHED: UpstreamWatch = { succeeded() {}, failed() {}, paused() {} };
