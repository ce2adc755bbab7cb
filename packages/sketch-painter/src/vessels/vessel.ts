import type { Brush, Svg } from '../brush.ts';
import type { Area } from '../outline.ts';
import type { Random } from '../random.ts';

/** Something to eat from. */
export interface Vessel {
  /** PageGeneration before the food. */
  readonly under: Svg;
  /** Where the food goes. */
  readonly area: Area;
  /** The way a handle points, if one sticks out: nothing else may lie there. */
  readonly handle?: number;
  /** What falls on the food: the shadow of a rim. */
  readonly over: Svg;
}

/** Makes a vessel that fills the place. */
export type Potter = (brush: Brush, random: Random, place: Area) => Vessel;
