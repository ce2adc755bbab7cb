import { lastWords, runCommand } from './run-command.ts';

/** How Docker, Podman (same arguments) and Buildah are called. */
export interface ContainerTool {
  name: string;
  /** Buildah only builds: it would not run the image as production does. */
  canRun: boolean;
  buildArguments: string[];
  runArguments: string[];
}

const CANDIDATES = [
  { name: 'docker', probe: ['info'], canRun: true },
  { name: 'podman', probe: ['info'], canRun: true },
  { name: 'buildah', probe: ['info'], canRun: false },
];

/**
 * The first tool that works, or the one in `CONTAINER_TOOL`.
 *
 * @param env with `CONTAINER_BUILD_ARGS` and `CONTAINER_RUN_ARGS`, further arguments separated by spaces
 * @returns also why the other tools are not used
 */
export async function findContainerTool(
  env: NodeJS.ProcessEnv,
): Promise<{ tool: ContainerTool | undefined; refused: string[] }> {
  const refused: string[] = [];
  const wanted = CANDIDATES.filter(({ name }) => name === (env.CONTAINER_TOOL || name));
  if (wanted.length === 0) refused.push(`CONTAINER_TOOL=${env.CONTAINER_TOOL} is none of them`);
  for (const { name, probe, canRun } of wanted) {
    const ran = await runCommand(name, probe, { timeoutMs: 60_000 });
    if (ran.code === 0) {
      const buildArguments = words(env.CONTAINER_BUILD_ARGS);
      const runArguments = words(env.CONTAINER_RUN_ARGS);
      return { tool: { name, canRun, buildArguments, runArguments }, refused };
    }
    refused.push(`${name}: ${ran.stderr.trim().split('\n').at(-1)}`);
  }
  return { tool: undefined, refused };
}

/** The parts of an image's description that are checked. */
export interface ImageAbout {
  user: string;
  command: string[];
  healthcheck: string[];
  labels: Record<string, string>;
  /** Bytes on disk, unpacked, if the tool reports it. */
  size: number | undefined;
}

/** @throws an Error with the end of the build's output */
export async function buildImage(tool: ContainerTool, root: string, tag: string): Promise<void> {
  // The default format of Podman and Buildah has no health check.
  const format = tool.name === 'docker' ? [] : ['--format', 'docker'];
  const args = ['build', ...format, ...tool.buildArguments, '--tag', tag, root];
  const ran = await runCommand(tool.name, args);
  if (ran.code !== 0) throw new Error(lastWords(ran));
}

/** @throws an Error if the image does not exist */
export async function describeImage(tool: ContainerTool, tag: string): Promise<ImageAbout> {
  const [description] = [JSON.parse(await ask(tool, inspection(tool, tag)))].flat();
  const config = tool.canRun ? description.Config : description.Docker.config;
  return {
    user: config.User ?? '',
    command: config.Cmd ?? [],
    // Podman has it one level higher.
    healthcheck: (config.Healthcheck ?? description.Healthcheck)?.Test ?? [],
    labels: config.Labels ?? {},
    size: description.Size,
  };
}

/** The tool's output. @throws an Error if it fails */
export async function ask(tool: ContainerTool, args: readonly string[]): Promise<string> {
  const ran = await runCommand(tool.name, args, { timeoutMs: 120_000 });
  if (ran.code !== 0) throw new Error(`${tool.name} ${args[0]}: ${lastWords(ran)}`);
  return ran.stdout.trim();
}

function inspection({ canRun }: ContainerTool, tag: string): string[] {
  return canRun ? ['image', 'inspect', tag] : ['inspect', '--type', 'image', tag];
}

function words(text = ''): string[] {
  return text.split(/\s+/).filter(Boolean);
}
