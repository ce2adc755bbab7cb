/** Variables whose values come from GitHub's variables and secrets. */
export const SYNCHRONISED = [
  'GENERATED_IMAGES_BUCKET',
  'OPENAI_API_KEY',
  'OPENAI_IMAGE_MODEL',
  'IMAGE_GEN_PREFIX',
  'AWS_REGION',
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
] as const;

const LISTEN = {
  HOST: { override: 'RAILWAY_RUNTIME_HOST', value: '0.0.0.0' },
  PORT: { override: 'RAILWAY_RUNTIME_PORT', value: '8080' },
} as const;

/** Where Railway's CLI sets the variables. */
export interface RailwayService {
  project: string;
  environment: string;
  service: string;
}

export interface RailwayPlan {
  target: RailwayService;
  /** In the order they are set. */
  variables: { name: string; value: string; isShown: boolean }[];
}

type Env = Readonly<Record<string, string | undefined>>;

/**
 * What to set, from the environment of the deployment job.
 *
 * @throws an Error that lists everything missing or malformed, without values
 */
export function planRailwayVariables(env: Env): RailwayPlan {
  const read = (name: string) => env[name]?.trim() ?? '';
  const target = {
    project: read('RAILWAY_PROJECT'),
    environment: read('RAILWAY_ENVIRONMENT'),
    service: read('RAILWAY_SERVICE'),
  };
  const listen = Object.entries(LISTEN).map(([name, { override, value }]) => ({
    name,
    value: read(override) || value,
    isShown: true,
  }));
  const needed = ['RAILWAY_PROJECT', 'RAILWAY_ENVIRONMENT', 'RAILWAY_SERVICE', ...SYNCHRONISED];
  const problems = needed.filter((name) => !read(name)).map((name) => `${name} is not set`);
  const port = listen.find(({ name }) => name === 'PORT')?.value ?? '';
  if (!/^[1-9]\d{0,4}$/.test(port) || Number(port) > 65_535) {
    problems.push('RAILWAY_RUNTIME_PORT must be a port, 1 to 65535');
  }
  if (problems.length > 0) throw new Error(problems.join('\n'));
  const synchronised = SYNCHRONISED.map((name) => ({ name, value: read(name), isShown: false }));
  return { target, variables: [...synchronised, ...listen] };
}

/** Arguments for Railway's CLI to set a variable. Its value goes through the standard input. */
export function argumentsToSet(name: string, { project, environment, service }: RailwayService) {
  return [
    'variable',
    'set',
    name,
    '--stdin',
    '--skip-deploys',
    '--project',
    project,
    '--environment',
    environment,
    '--service',
    service,
  ];
}
