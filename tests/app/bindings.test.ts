import 'reflect-metadata';
import { Container } from 'inversify';
import { expect, it } from 'vitest';
import { type Bindings, bindings, servicesOf, tokensOf } from '../../src/app/container/bindings.ts';

interface Services {
  name: string;
  greeting: { text: string };
  absent: string | undefined;
  late: number;
}
const T = tokensOf<Services>();

async function containerOf(declare: (bindings: Bindings) => void): Promise<Container> {
  const container = new Container({ defaultScope: 'Singleton' });
  await container.load(bindings(declare));
  return container;
}

it('gives a service what it needs by name, in whatever order all is declared', async () => {
  const container = await containerOf(({ value, resolve }) => {
    resolve(T.greeting, { count: T.late, who: T.name }, ({ who, count }) => ({
      text: `${who} ${count.toFixed(1)}`,
    }));
    resolve(T.late, {}, async () => 2);
    value(T.name, 'Ada');
  });
  const { greeting } = await servicesOf(container, { greeting: T.greeting });
  expect(greeting).toEqual({ text: 'Ada 2.0' });
});

it('makes a service once, and closes it with the container', async () => {
  const made: object[] = [];
  const closed: object[] = [];
  const container = await containerOf(({ resolve }) => {
    resolve(
      T.greeting,
      {},
      () => {
        const greeting = { text: 'once' };
        made.push(greeting);
        return greeting;
      },
      (greeting) => {
        closed.push(greeting);
      },
    );
  });
  const { first, second } = await servicesOf(container, { first: T.greeting, second: T.greeting });
  expect(first).toBe(second);
  await container.unbindAllAsync();
  expect(made).toHaveLength(1);
  expect(closed).toEqual(made);
});

it('wraps what others are given', async () => {
  const container = await containerOf(({ value, resolve, wrap }) => {
    wrap(T.greeting, (greeting) => ({ ...greeting, isWrapped: true }));
    resolve(T.greeting, {}, () => ({ text: 'hello' }));
    value(T.absent, undefined);
  });
  const services = await servicesOf(container, { greeting: T.greeting, absent: T.absent });
  expect(services).toEqual({ greeting: { text: 'hello', isWrapped: true }, absent: undefined });
});

it('does not compile with another type than the service has', () => {
  const declare = ({ value, resolve }: Bindings) => {
    // @ts-expect-error: a name is no number
    value(T.name, 1);
    // @ts-expect-error: a greeting is no number
    resolve(T.late, { greeting: T.greeting }, ({ greeting }) => greeting);
    // @ts-expect-error: there is no such need
    resolve(T.late, { late: T.late }, ({ name }) => name);
  };
  expect(declare).toBeTypeOf('function');
});
