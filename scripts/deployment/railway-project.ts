import path from 'node:path';
import type { BorrowedTools } from './borrowed-tools.ts';

/** The parts of Railway's project that `railway.toml` has to agree with. */
export interface RailwayProject {
  resources: {
    build: object;
    deploy: object;
    healthcheck: string;
    healthcheckTimeout: number;
    env: Record<string, unknown>;
  }[];
}

// The file is run in its own place, because it imports the service's sources. Only Railway's module comes
// from the borrowed tools.
const PROGRAM = `
  import { registerHooks } from 'node:module';
  import { pathToFileURL } from 'node:url';
  const railway = import.meta.resolve('railway/iac');
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === 'railway/iac' ? { url: railway, shortCircuit: true } : next(specifier, context),
  });
  const { createRailwayContext } = await import(railway);
  const { default: program } = await import(pathToFileURL(process.argv[1]));
  console.log(JSON.stringify(await program(createRailwayContext({ environment: 'production' }))));`;

/**
 * The project that `.railway/railway.ts` describes.
 *
 * @throws an Error if the file cannot be run
 */
export async function railwayProject(
  root: string,
  tools: Pick<BorrowedTools, 'evaluate'>,
): Promise<RailwayProject> {
  const file = path.join(root, '.railway/railway.ts');
  return (await tools.evaluate(PROGRAM, file)) as RailwayProject;
}
