import type { ColumnType, Generated } from 'kysely';

/** A number that PostgreSQL stores as `bigint`. Always a safe integer. */
type Whole = number;

/** JSON, written as text and read as a value. */
type Json<T> = ColumnType<T, string, string>;

/** One paid call, or an attempt at one. The columns are those of a generation record. */
export interface GenerationRow {
  id: string;
  /** `YYYY/MM/DD`, the day that is charged. */
  day: string;
  /** Empty for the cafe. */
  account: string;
  state: 'reserved' | 'spent' | 'unknown' | 'refused';
  reserved_at: Date;
  settled_at: Date | null;
  page_type: string | null;
  page_path: string | null;
  /** ISO 3166 code; `null` for a worldwide image. */
  country: string | null;
  model: string;
  prompt: string;
  /** Millionths of a US dollar: the reserved amount, and once settled the actual cost. */
  cost_micro_usd: Whole;
  duration_ms: number | null;
  tokens_in: number | null;
  tokens_out: number | null;
  reason: string | null;
}

/** The usage of a day by one account. If `account` is empty, by all accounts together. */
interface BudgetDayRow {
  day: string;
  account: string;
  /** Every generation of the day that is not refused. */
  pictures: Generated<number>;
  /** The part of `pictures` that is not settled. */
  reserved: Generated<number>;
  /** Millionths of a US dollar. */
  cost_micro_usd: Generated<Whole>;
}

/** One row per month. A reservation locks this row, so that reservations run one after another. */
interface BudgetMonthRow {
  /** `YYYY/MM`. */
  month: string;
}

/** The state of a page in one country, and which process generates its image. */
interface PageNoteRow {
  /** The name of the page's image, without the public prefix. */
  page: string;
  note: Json<unknown>;
  /**
   * The fencing token of the claim, which changes with every write. 0 or less for an imported note.
   */
  version: Whole;
}

/** The owner's spending instructions: at most one row. */
interface SpendingControlRow {
  one: Generated<boolean>;
  state: Json<unknown>;
  version: Whole;
}

interface AccountRow {
  id: string;
  created_at: Date;
}

export interface ApiKeyRow {
  id: string;
  account: string;
  name: string;
  /** SHA-256 of the key in hexadecimal digits. The key itself is never stored. */
  digest: string;
  prefix: string;
  last_four: string;
  scopes: string[];
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  /** To the minute. */
  last_used_at: Date | null;
}

/** Every table of the service. Changed only by a migration. */
export interface Tables {
  generations: GenerationRow;
  budget_days: BudgetDayRow;
  budget_months: BudgetMonthRow;
  page_notes: PageNoteRow;
  spending_control: SpendingControlRow;
  accounts: AccountRow;
  api_keys: ApiKeyRow;
}
