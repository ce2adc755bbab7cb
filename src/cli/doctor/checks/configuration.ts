import type { Config } from '../../../app/config/config.ts';
import { gapsIn } from '../../../app/config/config-gaps.ts';
import { locationOf } from '../../../app/container/open-adapters.ts';
import type { Check } from '../check.ts';
import { failure, ok, warning } from '../finding.ts';

/** What is wrong with an environment that no configuration comes out of. */
export function unusableConfiguration(problems: readonly string[]): Check {
  return {
    name: 'configuration',
    run: async () =>
      problems.map((problem) => {
        const [name = ''] = problem.split(' ');
        return failure(
          `${problem}.`,
          `Set ${name} where the service's variables are kept; .env.example says what each one takes.`,
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
      const painter = generator.kind === 'openai' ? generator.model : generator.kind;
      return [
        ok(
          `The environment is usable: pictures in ${store.kind} (${locationOf(store)}), made by ${painter}, countries from ${locator.kind}.`,
        ),
        ...(config.production
          ? []
          : [
              warning(
                'NODE_ENV is not production: this is how the cafe runs on a laptop.',
                "Set NODE_ENV=production where readers ask, or name the file with the service's variables: --env cafe.env.",
              ),
            ]),
        ...gapsIn(config, dearestMicroUsd).map((gap) =>
          warning(
            `${gap}.`,
            `Set ${gap.split(' ')[0]} to what you mean; .env.example says what it takes.`,
          ),
        ),
      ];
    },
  };
}
