import { type Kysely, sql } from 'kysely';

/** The budget, its history, the claims on pages, and the owner's instructions. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table generations (
      id uuid primary key,
      day text collate "C" not null check (day ~ '^[0-9]{4}/[0-9]{2}/[0-9]{2}$'),
      account text not null default '',
      state text not null check (state in ('reserved', 'spent', 'unknown', 'refused')),
      reserved_at timestamptz not null,
      settled_at timestamptz,
      page_type text,
      page_path text,
      country text,
      model text not null,
      prompt text not null,
      cost_micro_usd bigint not null check (cost_micro_usd >= 0),
      duration_ms integer,
      tokens_in integer,
      tokens_out integer,
      reason text
    )`.execute(db);
  await sql`create index generations_by_day on generations (day, reserved_at, id)`.execute(db);
  await sql`create index generations_reserved on generations (day) where state = 'reserved'`.execute(
    db,
  );
  await sql`
    create table budget_days (
      day text collate "C" not null,
      account text not null default '',
      pictures integer not null default 0 check (pictures >= 0),
      reserved integer not null default 0 check (reserved between 0 and pictures),
      cost_micro_usd bigint not null default 0 check (cost_micro_usd >= 0),
      primary key (account, day)
    )`.execute(db);
  await sql`create table budget_months (month text primary key)`.execute(db);
  await sql`
    create table page_notes (
      page text primary key,
      note jsonb not null,
      version bigint not null
    )`.execute(db);
  await sql`
    create table spending_control (
      one boolean primary key default true check (one),
      state jsonb not null,
      version bigint not null
    )`.execute(db);
}
