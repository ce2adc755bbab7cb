import { DISHES, type DishName } from './dishes/dishes.ts';
import { KITCHENS } from './kitchens.ts';
import { PALETTES, type Palette } from './palettes.ts';
import type { Random } from './random.ts';
import { TABLES, type TableName } from './tables/tables.ts';

/** What one picture shows, and its colours. */
export interface Order {
  readonly dish: DishName;
  readonly table: TableName;
  readonly palette: Palette;
}

const EVERY_DISH = Object.keys(DISHES) as DishName[];
const EVERY_TABLE = Object.keys(TABLES) as TableName[];

function dishesFor(country: string | undefined): readonly DishName[] {
  const kitchen = KITCHENS.find(({ countries }) => country && countries.includes(country));
  return kitchen?.dishes ?? EVERY_DISH;
}

/**
 * `theme` selects a few dishes, tables and palettes, so that pictures of one theme look related.
 * `random`, which also depends on the seed, picks one of each.
 */
export function orderFor(country: string | undefined, theme: Random, random: Random): Order {
  const dishes = theme.fork('dishes').sample(dishesFor(country), 6);
  const tables = theme.fork('tables').sample(EVERY_TABLE, 5);
  const palettes = theme.fork('palettes').sample(PALETTES, 4);
  return { dish: random.pick(dishes), table: random.pick(tables), palette: random.pick(palettes) };
}
