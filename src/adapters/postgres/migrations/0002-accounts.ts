import { type Kysely, sql } from 'kysely';

/** Accounts and their API keys. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table accounts (
      id text primary key check (length(id) between 1 and 200),
      created_at timestamptz not null
    )`.execute(db);
  await sql`
    create table api_keys (
      id uuid primary key,
      account text not null references accounts (id) on delete cascade,
      name text not null,
      digest bytea not null unique check (length(digest) = 32),
      hint text not null,
      scopes text[] not null,
      created_at timestamptz not null,
      expires_at timestamptz,
      revoked_at timestamptz,
      last_used_at timestamptz
    )`.execute(db);
  await sql`create index api_keys_by_account on api_keys (account, created_at)`.execute(db);
}
