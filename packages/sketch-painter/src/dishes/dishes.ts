import { curryAndRice } from './bowls/curry-and-rice.ts';
import { eggsInSauce } from './bowls/eggs-in-sauce.ts';
import { grainBowl } from './bowls/grain-bowl.ts';
import { noodleSoup } from './bowls/noodle-soup.ts';
import { ricePan } from './bowls/rice-pan.ts';
import { salad } from './bowls/salad.ts';
import { stew } from './bowls/stew.ts';
import type { Dish } from './dish.ts';
import { dumplings } from './dough/dumplings.ts';
import { filledPastries } from './dough/filled-pastries.ts';
import { filledTortillas } from './dough/filled-tortillas.ts';
import { fruitTart } from './dough/fruit-tart.ts';
import { pancakes } from './dough/pancakes.ts';
import { toppedFlatbread } from './dough/topped-flatbread.ts';
import { grilledFish } from './platters/grilled-fish.ts';
import { mezze } from './platters/mezze.ts';
import { sharedPlatter } from './platters/shared-platter.ts';
import { skewers } from './platters/skewers.ts';
import { sushi } from './platters/sushi.ts';

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
