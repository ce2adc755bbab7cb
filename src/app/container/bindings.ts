import { type Container, ContainerModule } from 'inversify';

declare const SERVICE: unique symbol;

/** Identifies a service in the container. */
export type Token<S> = symbol & { readonly [SERVICE]: () => S };

/** A service's dependencies, by name. */
type Needs = Readonly<Record<string, Token<unknown>>>;
type Resolved<N extends Needs> = { [Name in keyof N]: N[Name] extends Token<infer S> ? S : never };

/** Creates a service from its dependencies. */
type Make<S, N extends Needs> = (deps: Resolved<N>) => S | Promise<S>;
type Close<S> = (service: S) => void | Promise<void>;

/** Declares a module's services, in any order. */
export interface Bindings {
  /** Binds an existing service. */
  value<S>(token: Token<S>, service: S): void;
  /**
   * Binds a service that is created once, on first use.
   *
   * @param make receives the dependencies by name
   * @param close called with the service when the container closes
   */
  resolve<S, N extends Needs>(token: Token<S>, needs: N, make: Make<S, N>, close?: Close<S>): void;
  /** Replaces a service with the result of `wrap`. */
  wrap(token: Token<object>, wrap: <S extends object>(service: S) => S): void;
}

/** One token per service, by name. */
export function tokensOf<Services>() {
  type Tokens = { readonly [Name in keyof Services]: Token<Services[Name]> };
  return new Proxy({} as Tokens, { get: (_, name) => Symbol.for(String(name)) });
}

/** A container module. */
export function bindings(declare: (bindings: Bindings) => void): ContainerModule {
  return new ContainerModule(({ bind, onActivation }) => {
    function resolve<S, N extends Needs>(
      token: Token<S>,
      needs: N,
      make: Make<S, N>,
      close?: Close<S>,
    ): void {
      const names = Object.keys(needs);
      const made = bind<S>(token).toResolvedValue((...services: unknown[]) => {
        const deps = Object.fromEntries(names.map((name, at) => [name, services[at]]));
        return make(deps as Resolved<N>);
      }, Object.values<symbol>(needs));
      if (close) made.onDeactivation(close);
    }

    declare({
      value: <S>(token: Token<S>, service: S) => bind<S>(token).toConstantValue(service),
      resolve,
      wrap: (token, wrap) => onActivation<object>(token, (_, service) => wrap(service)),
    });
  });
}

/** Resolves the services of these tokens. */
export async function servicesOf<N extends Needs>(
  container: Container,
  needs: N,
): Promise<Resolved<N>> {
  const services = Object.entries(needs).map(async ([name, token]) => [
    name,
    await container.getAsync(token),
  ]);
  return Object.fromEntries(await Promise.all(services));
}
