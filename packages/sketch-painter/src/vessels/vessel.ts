import type { Brush, Svg } from '../brush.ts';
import type { Area } from '../outline.ts';
import type { Random } from '../random.ts';

/** A vessel in three layers. */
export interface Vessel {
  /** Painted before the food. */
  readonly under: Svg;
  /** The area for the food. */
  readonly area: Area;
  /** The angle of the handle, if there is one. Nothing else can be placed there. */
  readonly handle?: number;
  /** Painted after the food: the shadow of the rim. */
  readonly over: Svg;
}

/** Paints a vessel that fills `place`. */
export type Potter = (brush: Brush, random: Random, place: Area) => Vessel;
