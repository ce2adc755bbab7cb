import type { Config } from '../../../app/config/config.ts';
import { gapsIn } from '../../../app/config/config-gaps.ts';
import { locationOf } from '../../../app/container/open-adapters.ts';
import type { Check } from '../check.ts';
import { failure, ok, warning } from '../finding.ts';

/** Reports the problems of an environment that `loadConfig` rejects. */
export function unusableConfiguration(problems: readonly string[]): Check {
  return {
    name: 'configuration',
    run: async () =>
      problems.map((problem) => {
        const [name = ''] = problem.split(' ');
        return failure(
          `${problem}.`,
          `Set ${name} in the environment of the service. .env.example describes every variable.`,
        );
      }),
  };
}

/** @param dearestMicroUsd the most that a picture can cost, in millionths of a US dollar */
export function configuration(config: Config, dearestMicroUsd: number): Check {
  return {
    name: 'configuration',
    async run() {
      const { store, generator, locator } = config;
      const generatorName = generator.kind === 'openai' ? generator.model : generator.kind;
      return [
        ok(
          `The environment is valid. Image store: ${store.kind} (${locationOf(store)}). Image generator: ${generatorName}. Geolocation: ${locator.kind}.`,
        ),
        ...(config.production
          ? []
          : [
              warning(
                'NODE_ENV is not production, so these are the settings for local development.',
                'Set NODE_ENV=production on the server, or pass its variables in a file: --env cafe.env.',
              ),
            ]),
        ...gapsIn(config, dearestMicroUsd).map((gap) =>
          warning(`${gap}.`, `Set ${gap.split(' ')[0]} explicitly. .env.example describes it.`),
        ),
      ];
    },
  };
}
