import { COUNTRIES, type Country, scopePhrase } from '../../../domain/countries/country.ts';
import { DISHES, type DishName } from './dishes/dishes.ts';
import { PALETTES, type Palette } from './palettes.ts';
import type { Random } from './random.ts';
import { TABLES, type TableName } from './tables/tables.ts';

/** What one picture shows and in which colours. */
export interface Order {
  readonly dish: DishName;
  readonly table: TableName;
  readonly palette: Palette;
}

interface Kitchen {
  /** ISO 3166 codes. */
  readonly countries: string;
  readonly dishes: readonly DishName[];
}

/** Dishes that are at home in many kitchens of a region; loose on purpose. */
const KITCHENS: readonly Kitchen[] = [
  {
    countries: 'CN HK JP KP KR MN MO TW',
    dishes: [
      'noodle soup',
      'dumplings',
      'sushi',
      'grain bowl',
      'skewers',
      'curry and rice',
      'grilled fish',
    ],
  },
  {
    countries: 'BN ID KH LA MM MY PH SG TH TL VN',
    dishes: [
      'noodle soup',
      'curry and rice',
      'skewers',
      'grilled fish',
      'dumplings',
      'grain bowl',
      'salad',
    ],
  },
  {
    countries: 'AF BD BT IN LK MV NP PK',
    dishes: [
      'curry and rice',
      'filled pastries',
      'shared platter',
      'skewers',
      'stew',
      'dumplings',
      'rice pan',
    ],
  },
  {
    countries: 'AE BH CY DZ EG EH IL IQ IR JO KW LB LY MA OM PS QA SA SY TN TR YE',
    dishes: [
      'mezze',
      'eggs in sauce',
      'skewers',
      'topped flatbread',
      'stew',
      'salad',
      'rice pan',
      'filled pastries',
    ],
  },
  {
    countries: 'AM AZ GE KG KZ TJ TM UZ',
    dishes: [
      'dumplings',
      'skewers',
      'rice pan',
      'stew',
      'salad',
      'filled pastries',
      'topped flatbread',
    ],
  },
  {
    countries: 'AD AL BA BG ES FR GI GR HR IT MC ME MK MT PT RO RS SI SM VA XK',
    dishes: [
      'topped flatbread',
      'rice pan',
      'grilled fish',
      'salad',
      'fruit tart',
      'stew',
      'mezze',
    ],
  },
  {
    countries:
      'AT AX BE BY CH CZ DE DK EE FI FO GB GG GL HU IE IM IS JE LI LT LU LV MD NL NO PL RU SE SJ SK UA',
    dishes: [
      'stew',
      'pancakes',
      'fruit tart',
      'dumplings',
      'grilled fish',
      'salad',
      'topped flatbread',
      'filled pastries',
    ],
  },
  {
    countries: 'BI DJ ER ET KE KM RW SD SO SS TZ UG',
    dishes: [
      'shared platter',
      'stew',
      'curry and rice',
      'grilled fish',
      'skewers',
      'filled pastries',
      'salad',
    ],
  },
  {
    countries:
      'AO BF BJ BW CD CF CG CI CM CV GA GH GM GN GQ GW LR LS ML MR MW MZ NA NE NG SL SN ST SZ TD TG ZA ZM ZW',
    dishes: [
      'stew',
      'rice pan',
      'grilled fish',
      'skewers',
      'grain bowl',
      'shared platter',
      'filled pastries',
    ],
  },
  {
    countries: 'AR BO BR CL CO CR EC GT HN MX NI PA PE PY SV UY VE',
    dishes: [
      'filled tortillas',
      'filled pastries',
      'stew',
      'grain bowl',
      'skewers',
      'rice pan',
      'grilled fish',
      'salad',
    ],
  },
  {
    countries:
      'AG AI AW BB BL BM BQ BS BZ CU CW DM DO GD GF GP GY HT JM KN KY LC MF MQ MS PR SR SX TC TT VC VG VI MG MU RE SC YT',
    dishes: [
      'curry and rice',
      'grilled fish',
      'rice pan',
      'filled pastries',
      'stew',
      'skewers',
      'fruit tart',
    ],
  },
];

const EVERY_DISH = Object.keys(DISHES) as DishName[];
const EVERY_TABLE = Object.keys(TABLES) as TableName[];

function countryNamedIn(prompt: string): Country | undefined {
  return COUNTRIES.find((country) => prompt.includes(` ${scopePhrase(country)},`));
}

function dishesFor(country: Country | undefined): readonly DishName[] {
  const kitchen = KITCHENS.find(({ countries }) => country && countries.includes(country.code));
  return kitchen?.dishes ?? EVERY_DISH;
}

/**
 * The prompt narrows what may be served, so that a country has its own look; `random`, which knows
 * the page as well, chooses among that.
 */
export function orderFor(prompt: string, house: Random, random: Random): Order {
  const dishes = house.fork('dishes').sample(dishesFor(countryNamedIn(prompt)), 6);
  const tables = house.fork('tables').sample(EVERY_TABLE, 5);
  const palettes = house.fork('palettes').sample(PALETTES, 4);
  return { dish: random.pick(dishes), table: random.pick(tables), palette: random.pick(palettes) };
}
