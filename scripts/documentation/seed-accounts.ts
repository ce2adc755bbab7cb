import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { PostgresAccountStore } from '../../src/adapters/account-store/postgres.ts';
import { connectDatabase } from '../../src/app/container/open-database.ts';
import { parseAccountId, type Scope } from '../../src/domain/accounts/account.ts';
import { apiKeyDigest, newApiKeyText, visiblePartsOf } from '../../src/domain/accounts/api-key.ts';
import { DAY_MS, dayAt } from '../../src/domain/kernel/day.ts';

interface SeededKey {
  name: string;
  scopes: Scope[];
  /** Days since its creation. */
  age: number;
  expiresIn?: number;
  /** Minutes since its last use. */
  used?: number;
  isRevoked?: boolean;
}

const KEYS: Readonly<Record<string, SeededKey[]>> = {
  blog: [
    { name: 'CI', scopes: ['generate', 'read'], age: 3, used: 4 },
    { name: 'Laptop', scopes: ['generate', 'read', 'admin'], age: 20, used: 3000, expiresIn: 70 },
    { name: 'Old server', scopes: ['generate', 'read'], age: 41, used: 30_000, isRevoked: true },
  ],
  newsletter: [{ name: 'Mailer', scopes: ['generate', 'read'], age: 9, used: 700 }],
};

/** Millionths of a US dollar of today. */
const SPENT: Readonly<Record<string, number>> = { blog: 408_000, newsletter: 68_000 };

/** Accounts with keys and spending, in the embedded database of a data folder that no service uses. */
export async function seedAccounts(data: string): Promise<void> {
  const config = { kind: 'embedded', folder: path.join(data, 'database') } as const;
  const { database, close } = await connectDatabase(config, { notice: () => {} });
  try {
    await database.migrate();
    const store = new PostgresAccountStore(database);
    for (const [name, keys] of Object.entries(KEYS)) {
      const account = parseAccountId(name);
      if (account === undefined) throw new Error(`${name} is not the name of an account`);
      await store.ensure(account, Date.now());
      for (const key of keys) {
        const { id, digest, ...visible } = newKey();
        const createdAt = Date.now() - key.age * DAY_MS;
        const expiresAt = key.expiresIn && Date.now() + key.expiresIn * DAY_MS;
        const { scopes } = key;
        await store.addKey(
          { id, digest, ...visible, account, name: key.name, scopes, createdAt, expiresAt },
          10,
        );
        if (key.used) await store.noteUse(id, Date.now() - key.used * 60_000);
        if (key.isRevoked) await store.revokeKey(id, Date.now(), account);
      }
      const day = dayAt(Date.now());
      const cost_micro_usd = SPENT[name] ?? 0;
      const row = { account, day, pictures: 1, reserved: 0, cost_micro_usd };
      await database.run((queries) => queries.insertInto('budget_days').values(row).execute());
    }
  } finally {
    await close();
  }
}

function newKey() {
  const text = newApiKeyText();
  const digest = apiKeyDigest(text);
  if (digest === undefined) throw new Error('A new API key is not well-formed.');
  return { id: randomUUID(), digest, ...visiblePartsOf(text) };
}
