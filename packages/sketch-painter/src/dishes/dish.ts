import type { Brush, Svg } from '../brush.ts';
import type { Area } from '../outline.ts';
import type { Random } from '../random.ts';
import type { VesselName } from '../vessels/vessels.ts';

export type Utensil = 'chopsticks' | 'fork and knife' | 'spoon' | 'hands';

export interface Dish {
  /** The vessels that the dish can be served in. */
  readonly vessels: readonly VesselName[];
  readonly eatenWith: readonly Utensil[];
  readonly course: 'main' | 'sweet';
  /** Whether steam rises from it. */
  readonly steams: boolean;
  /** Paints the food into the area of the vessel. */
  readonly paint: (brush: Brush, random: Random, area: Area) => Svg;
}
