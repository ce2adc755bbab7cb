import { curryAndRice } from './curry-and-rice.ts';
import type { Dish } from './dish.ts';
import { dumplings } from './dumplings.ts';
import { eggsInSauce } from './eggs-in-sauce.ts';
import { filledPastries } from './filled-pastries.ts';
import { filledTortillas } from './filled-tortillas.ts';
import { fruitTart } from './fruit-tart.ts';
import { grainBowl } from './grain-bowl.ts';
import { grilledFish } from './grilled-fish.ts';
import { mezze } from './mezze.ts';
import { noodleSoup } from './noodle-soup.ts';
import { pancakes } from './pancakes.ts';
import { ricePan } from './rice-pan.ts';
import { salad } from './salad.ts';
import { sharedPlatter } from './shared-platter.ts';
import { skewers } from './skewers.ts';
import { stew } from './stew.ts';
import { sushi } from './sushi.ts';
import { toppedFlatbread } from './topped-flatbread.ts';

export const DISHES = {
  'curry and rice': curryAndRice,
  dumplings,
  'eggs in sauce': eggsInSauce,
  'filled pastries': filledPastries,
  'filled tortillas': filledTortillas,
  'fruit tart': fruitTart,
  'grain bowl': grainBowl,
  'grilled fish': grilledFish,
  mezze,
  'noodle soup': noodleSoup,
  pancakes,
  'rice pan': ricePan,
  salad,
  'shared platter': sharedPlatter,
  skewers,
  stew,
  sushi,
  'topped flatbread': toppedFlatbread,
} as const satisfies Record<string, Dish>;

export type DishName = keyof typeof DISHES;
