import { type Kysely, sql } from 'kysely';

/** Accounts and their API keys. Ids are compared byte by byte, whatever the database's language. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table accounts (
      id text collate "C" primary key check (length(id) between 1 and 255),
      created_at timestamptz not null
    )`.execute(db);
  await sql`
    create table api_keys (
      id uuid primary key,
      account text collate "C" not null references accounts (id) on delete cascade,
      name text not null,
      digest text collate "C" not null unique check (digest ~ '^[0-9a-f]{64}$'),
      prefix text not null,
      last_four text not null,
      scopes text[] not null check (cardinality(scopes) > 0),
      created_at timestamptz not null,
      expires_at timestamptz,
      revoked_at timestamptz,
      last_used_at timestamptz
    )`.execute(db);
  await sql`
    create index api_keys_by_account on api_keys (account, created_at desc, id desc)
  `.execute(db);
}
