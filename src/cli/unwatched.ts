import type { UpstreamWatch } from '../domain/monitoring/upstream-health.ts';

/** A command ends before anybody could ask how the upstreams do. */
export const UNWATCHED: UpstreamWatch = { succeeded() {}, failed() {}, paused() {} };
