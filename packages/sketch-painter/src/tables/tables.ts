import { bamboo, gingham, linen, woven } from './cloth.ts';
import { marble, slate, terrazzo } from './stone.ts';
import type { Table } from './table.ts';
import { azulejo, zellige } from './tiles.ts';
import { parquet, planks } from './wood.ts';

export const TABLES = {
  gingham,
  linen,
  woven,
  bamboo,
  slate,
  terrazzo,
  marble,
  planks,
  parquet,
  azulejo,
  zellige,
} as const satisfies Record<string, Table>;

export type TableName = keyof typeof TABLES;
