import type { Brush, Svg } from '../brush.ts';
import type { Area } from '../outline.ts';
import type { Random } from '../random.ts';
import type { VesselName } from '../vessels/vessels.ts';

export type Utensil = 'chopsticks' | 'fork and knife' | 'spoon' | 'hands';

export interface Dish {
  /** What it may be served in. */
  readonly vessels: readonly VesselName[];
  readonly eatenWith: readonly Utensil[];
  readonly course: 'main' | 'sweet';
  /** Hot enough to steam. */
  readonly steams: boolean;
  /** Fills the area of the vessel. */
  readonly paint: (brush: Brush, random: Random, area: Area) => Svg;
}
