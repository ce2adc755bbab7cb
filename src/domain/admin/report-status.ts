import type { GenerateImage, PaidCall } from '../generation/generate-image.ts';
import type { ChainedModel, ImageGenerator } from '../generation/image-generator.ts';
import type { UnstoredImages } from '../images/unstored-images.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoadShedding } from '../limits/load-shedding.ts';
import type { UpstreamHealth, UpstreamReport } from '../monitoring/upstream-health.ts';
import type { ImageStore } from '../storage/image-store.ts';

/** The current status of one replica. */
export interface Status {
  uptimeMs: number;
  running: readonly PaidCall[];
  /** Reservations that wait for a turn. */
  waiting: number;
  /** Paid images that are not stored yet. */
  unstored: number;
  upstreams: readonly UpstreamReport[];
  /** What the store does not support, in words for the owner. */
  storeLacks: readonly string[];
  /** The generator's models in the order in which they are tried; empty if it has none. */
  models: readonly ChainedModel[];
  /** Whether requests are rejected because there are too many. */
  isShedding: boolean;
}

interface Deps {
  generateImage: GenerateImage;
  unstored: UnstoredImages;
  health: UpstreamHealth;
  store: Pick<ImageStore, 'lacks'>;
  generator: Pick<ImageGenerator, 'models'>;
  room: LoadShedding;
  clock: Clock;
}

/** Reports the status of this process from memory, without outbound calls. */
export class ReportStatus {
  readonly #deps: Deps;
  readonly #startedAt: number;

  /** The uptime counts from here. */
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
      storeLacks: this.#deps.store.lacks?.() ?? [],
      models: this.#deps.generator.models?.() ?? [],
      isShedding: this.#deps.room.isShedding,
    };
  }
}
