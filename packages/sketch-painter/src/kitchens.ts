import type { DishName } from './dishes/dishes.ts';

export interface Kitchen {
  /** ISO 3166-1 alpha-2 codes, separated by spaces. */
  readonly countries: string;
  readonly dishes: readonly DishName[];
}

/** Dishes that are common in a region. */
export const KITCHENS: readonly Kitchen[] = [
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
