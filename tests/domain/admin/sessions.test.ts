import { describe, expect, it } from 'vitest';
import { ManualClock } from '../../../src/adapters/clock/manual.ts';
import { MemoryImageStore } from '../../../src/adapters/image-store/memory.ts';
import { FailedAttempts } from '../../../src/domain/admin/failed-attempts.ts';
import { Sessions } from '../../../src/domain/admin/sessions.ts';

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

function open() {
  const clock = new ManualClock(Date.UTC(2026, 10, 21, 12));
  const store = new MemoryImageStore({ publicBaseUrl: 'https://pictures.example' });
  const sessions = new Sessions({
    token: 'a-token-that-nobody-guesses',
    idleMs: 30 * MINUTE,
    absoluteMs: 720 * MINUTE,
    store,
    recordsPrefix: 'records',
    clock,
  });
  const marks = async () => (await Array.fromAsync(store.list('records/'))).length;
  return { clock, sessions, marks };
}

describe('a session', () => {
  it('goes on as long as it is used, and is renewed meanwhile', async () => {
    const { clock, sessions } = open();
    let value = sessions.open();
    const first = await sessions.check(value);
    for (let minutes = 0; minutes < 700; minutes += 20) {
      await clock.advance(20 * MINUTE);
      const checked = await sessions.check(value);
      expect(checked).toMatchObject({ renewal: expect.any(String) });
      if ('renewal' in checked && checked.renewal) value = checked.renewal;
    }
    expect('session' in first && first.session.id).toBe(value.split('.')[0]);
  });

  it('is not renewed at every request', async () => {
    const { clock, sessions } = open();
    const value = sessions.open();
    await clock.advance(2 * MINUTE);
    expect(await sessions.check(value)).not.toHaveProperty('renewal');
  });

  it('ends when it is not used for its idle time', async () => {
    const { clock, sessions } = open();
    const value = sessions.open();
    await clock.advance(30 * MINUTE - 1);
    expect(await sessions.check(value)).toHaveProperty('session');
    await clock.advance(1);
    expect(await sessions.check(value)).toEqual({ fault: 'expired' });
  });

  it('ends after its longest time however much it is used', async () => {
    const { clock, sessions } = open();
    let value = sessions.open();
    for (let at = 0; at < 719; at += 1) {
      await clock.advance(MINUTE);
      const checked = await sessions.check(value);
      if ('renewal' in checked && checked.renewal) value = checked.renewal;
    }
    expect(await sessions.check(value)).toHaveProperty('session');
    await clock.advance(MINUTE);
    expect(await sessions.check(value)).toEqual({ fault: 'expired' });
  });

  it('that was closed is so for every copy, older and newer', async () => {
    const { clock, sessions } = open();
    const value = sessions.open();
    await clock.advance(10 * MINUTE);
    const checked = await sessions.check(value);
    if (!('session' in checked)) throw new Error('no session');
    await sessions.close(checked.session);
    for (const copy of [value, checked.renewal ?? '']) {
      expect(await sessions.check(copy)).toEqual({ fault: 'signed_out' });
    }
  });

  it('is remembered to be closed for as long as it could go on, and no longer', async () => {
    const { clock, sessions, marks } = open();
    const close = async () => {
      const checked = await sessions.check(sessions.open());
      if ('session' in checked) await sessions.close(checked.session);
    };
    await close();
    await clock.advance(7 * DAY);
    await close();
    expect(await marks()).toBe(2);
    await clock.advance(2 * DAY);
    await close();
    expect(await marks()).toBe(2);
  });
});

describe('failed attempts', () => {
  const openAttempts = () => {
    const clock = new ManualClock(0);
    return { clock, attempts: new FailedAttempts({ clock, maxInAll: 100 }) };
  };

  it('are too many after five, for that address alone and for a quarter of an hour', async () => {
    const { clock, attempts } = openAttempts();
    for (let n = 0; n < 5; n += 1) {
      expect(attempts.areTooMany('a')).toBe(false);
      attempts.add('a');
    }
    expect([attempts.areTooMany('a'), attempts.areTooMany('b')]).toEqual([true, false]);
    await clock.advance(15 * MINUTE);
    expect(attempts.areTooMany('a')).toBe(false);
  });

  it('are forgiven to who then knows the token', () => {
    const { attempts } = openAttempts();
    for (let n = 0; n < 4; n += 1) attempts.add('a');
    attempts.forgive('a');
    attempts.add('a');
    expect(attempts.areTooMany('a')).toBe(false);
  });

  it('N17: from however many addresses are too many together, for a quarter of an hour', async () => {
    const { clock, attempts } = openAttempts();
    for (let n = 0; n < 100; n += 1) {
      expect(attempts.areTooMany('another')).toBe(false);
      attempts.add(`address ${n}`);
    }
    expect(attempts.areTooMany('another')).toBe(true);
    await clock.advance(15 * MINUTE);
    expect(attempts.areTooMany('another')).toBe(false);
  });
});
