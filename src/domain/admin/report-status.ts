import type { GenerateImage, PaidCall } from '../generation/generate-image.ts';
import type { ChainedModel, ImageGenerator } from '../generation/image-generator.ts';
import type { UnstoredImages } from '../images/unstored-images.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoadShedding } from '../limits/load-shedding.ts';
import type { UpstreamHealth, UpstreamReport } from '../monitoring/upstream-health.ts';

/** How one replica does, at this moment. */
export interface Status {
  uptimeMs: number;
  running: readonly PaidCall[];
  /** Reservations that wait for their turn. */
  waiting: number;
  /** Pictures that are paid for and that the store did not take yet. */
  unstored: number;
  upstreams: readonly UpstreamReport[];
  /** The generator's, in the order in which they are asked; empty for one that has none. */
  models: readonly ChainedModel[];
  /** Whether requests are turned away because there are too many. */
  isShedding: boolean;
}

interface Deps {
  generateImage: GenerateImage;
  unstored: UnstoredImages;
  health: UpstreamHealth;
  generator: Pick<ImageGenerator, 'models'>;
  room: LoadShedding;
  clock: Clock;
}

/** Tells how this process does, from what it knows; asks nobody. */
export class ReportStatus {
  readonly #deps: Deps;
  readonly #startedAt: number;

  /** Counts the uptime from here on. */
  constructor(deps: Deps) {
    this.#deps = deps;
    this.#startedAt = deps.clock.monotonic();
  }

  report(): Status {
    return {
      ...this.#deps.generateImage.underWay(),
      uptimeMs: this.#deps.clock.monotonic() - this.#startedAt,
      unstored: this.#deps.unstored.count,
      upstreams: this.#deps.health.report(),
      models: this.#deps.generator.models?.() ?? [],
      isShedding: this.#deps.room.isShedding,
    };
  }
}
