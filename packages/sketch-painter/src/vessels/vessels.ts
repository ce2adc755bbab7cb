import { board, leafTray, steamer } from './boards.ts';
import { bowl, plate } from './crockery.ts';
import { copperPan, enamelPan, ironPan, steelPan } from './pans.ts';
import type { Potter } from './vessel.ts';

export const VESSELS = {
  'porcelain plate': plate('porcelain'),
  'folk plate': plate('folk'),
  'monochrome plate': plate('monochrome'),
  'earthenware plate': plate('earthenware', false),
  'stoneware plate': plate('stoneware', false),
  'enamel plate': plate('enamel', false),
  'porcelain bowl': bowl('porcelain'),
  'folk bowl': bowl('folk'),
  'monochrome bowl': bowl('monochrome'),
  'earthenware bowl': bowl('earthenware'),
  'stoneware bowl': bowl('stoneware'),
  'enamel bowl': bowl('enamel'),
  board,
  'leaf tray': leafTray,
  steamer,
  'iron pan': ironPan,
  'steel pan': steelPan,
  'copper pan': copperPan,
  'enamel pan': enamelPan,
} as const satisfies Record<string, Potter>;

export type VesselName = keyof typeof VESSELS;

export const PLATES = [
  'porcelain plate',
  'folk plate',
  'monochrome plate',
  'earthenware plate',
  'stoneware plate',
  'enamel plate',
] as const satisfies readonly VesselName[];

export const BOWLS = [
  'porcelain bowl',
  'folk bowl',
  'monochrome bowl',
  'earthenware bowl',
  'stoneware bowl',
  'enamel bowl',
] as const satisfies readonly VesselName[];

export const PANS = [
  'iron pan',
  'steel pan',
  'copper pan',
  'enamel pan',
] as const satisfies readonly VesselName[];
