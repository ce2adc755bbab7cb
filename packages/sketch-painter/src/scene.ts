import { Brush, type Svg, stroke } from './brush.ts';
import { DISHES } from './dishes/dishes.ts';
import { lightMap } from './light.ts';
import { type Order, orderFor } from './menu.ts';
import type { Area } from './outline.ts';
import { linePath } from './path.ts';
import { Random } from './random.ts';
import { setThePlace } from './setting/place-setting.ts';
import { SIDE } from './tables/table.ts';
import { TABLES } from './tables/tables.ts';
import { VESSELS, type VesselName } from './vessels/vessels.ts';

export interface SketchRequest {
  /** Any text. Pictures of one theme share a few dishes, tables and palettes. */
  readonly theme: string;
  /** ISO 3166-1 alpha-2 code. The dish is one that is common there; without a code, any dish. */
  readonly country?: string | undefined;
  /** Any text. Each seed gives another picture of the theme. */
  readonly seed: string;
}

/** A picture before it becomes pixels: the drawing, and the light that is blended over it. */
export interface Scene {
  readonly order: Order;
  readonly vessel: VesselName;
  readonly drawing: Svg;
  readonly light: Svg;
}

/** The same request always composes the same scene. */
export function composeScene({ theme, country, seed }: SketchRequest): Scene {
  const ofTheme = new Random(theme);
  const random = ofTheme.fork(seed);
  const order = orderFor(country, ofTheme, random.fork('order'));
  const brush = new Brush(order.palette);
  const dish = DISHES[order.dish];
  const vessel = random.pick<VesselName>(dish.vessels);
  const place = {
    x: SIDE / 2 + random.between(-10, 10),
    y: SIDE / 2 + random.between(-8, 12),
    radius: random.between(356, 376) * (vessel.endsWith('pan') ? 0.94 : 1),
  };
  const { under, area, over, handle } = VESSELS[vessel](brush, random.fork('vessel'), place);
  const setting = setThePlace(brush, random.fork('setting'), dish, place, handle);
  const body = [
    TABLES[order.table](brush, random.fork('table')),
    setting.below,
    setting.beside,
    under,
    dish.paint(brush, random.fork('dish'), area),
    over,
    dish.steams ? steam(brush, random.fork('steam'), area) : '',
  ].join('');
  return {
    order,
    vessel,
    drawing: framed(brush.defs, body),
    light: lightMap(random.fork('light'), order.palette),
  };
}

function framed(defs: Svg, body: Svg): Svg {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}" viewBox="0 0 ${SIDE} ${SIDE}"><defs>${defs}</defs>${body}</svg>`;
}

/** Three faint wisps. */
function steam(brush: Brush, random: Random, area: Area): Svg {
  const wisps = Array.from({ length: 3 }, (_, index) => {
    const x = area.x + (index - 1) * area.radius * 0.34 + random.between(-20, 20);
    const sway = random.between(18, 34) * (index % 2 ? 1 : -1);
    const path = linePath(
      [0.25, -0.05, -0.35, -0.65].map((share, step) => ({
        x: x + (step % 2 ? sway : -sway),
        y: area.y + share * area.radius,
      })),
    );
    return stroke(path, '#ffffff', random.between(14, 22), 0.15) + stroke(path, '#ffffff', 7, 0.14);
  });
  return brush.blurred(wisps.join(''), 11);
}
