import type { GenerateImage, PaidCall } from '../generation/generate-image.ts';
import type { ChainedModel, ImageGenerator } from '../generation/image-generator.ts';
import type { UnstoredImages } from '../images/unstored-images.ts';
import type { Clock } from '../kernel/clock.ts';
import type { LoadShedding } from '../limits/load-shedding.ts';
import type { UpstreamHealth, UpstreamReport } from '../monitoring/upstream-health.ts';
import type { ImageStore } from '../storage/image-store.ts';

/** How one replica does, at this moment. */
export interface Status {
  uptimeMs: number;
  running: readonly PaidCall[];
  /** Reservations that wait for their turn. */
  waiting: number;
  /** Pictures that are paid for and that the store did not take yet. */
  unstored: number;
  upstreams: readonly UpstreamReport[];
  /** What the store cannot do, in words for the owner. */
  storeLacks: readonly string[];
  /** The generator's, in the order in which they are asked; empty for one that has none. */
  models: readonly ChainedModel[];
  /** Whether requests are turned away because there are too many. */
  isShedding: boolean;
}

/** Tells how this process does, from what it knows; asks nobody. */
export class ReportStatus {
  readonly #generateImage: GenerateImage;
  readonly #unstored: UnstoredImages;
  readonly #health: UpstreamHealth;
  readonly #store: Pick<ImageStore, 'lacks'>;
  readonly #generator: Pick<ImageGenerator, 'models'>;
  readonly #room: LoadShedding;
  readonly #clock: Clock;
  readonly #startedAt: number;

  /** Counts the uptime from here on. */
  constructor(deps: {
    generateImage: GenerateImage;
    unstored: UnstoredImages;
    health: UpstreamHealth;
    store: Pick<ImageStore, 'lacks'>;
    generator: Pick<ImageGenerator, 'models'>;
    room: LoadShedding;
    clock: Clock;
  }) {
    this.#generateImage = deps.generateImage;
    this.#unstored = deps.unstored;
    this.#health = deps.health;
    this.#store = deps.store;
    this.#generator = deps.generator;
    this.#room = deps.room;
    this.#clock = deps.clock;
    this.#startedAt = deps.clock.monotonic();
  }

  report(): Status {
    return {
      ...this.#generateImage.underWay(),
      uptimeMs: this.#clock.monotonic() - this.#startedAt,
      unstored: this.#unstored.count,
      upstreams: this.#health.report(),
      storeLacks: this.#store.lacks?.() ?? [],
      models: this.#generator.models?.() ?? [],
      isShedding: this.#room.isShedding,
    };
  }
}
