import { Environment } from '../environment.ts';

type Env = Readonly<Record<string, string | undefined>>;

const ALIASES = ['BACKEND_HOST', 'BACKEND_PORT'];
const OWN: ReadonlySet<string> = new Set([...Object.keys(Environment.shape), ...ALIASES]);
const QUOTED =
  'is in quotes, which docker --env-file and some platforms take for a part of the value: write it without them';
const QUOTES = ['""', "''", '``', '“”', '‘’', '„“', '«»'];
/**
 * For a service named `backend`, Kubernetes sets `BACKEND_PORT=tcp://10.96.0.7:80` in all
 * containers.
 */
const SERVICE_LINK = /^(?:tcp|udp|sctp):\/\//;

export interface CleanEnvironment {
  /** The set variables, without surrounding blanks and quotes. A blank variable counts as unset. */
  set: Record<string, string>;
  /** Variables of this service whose whole value is quoted, one line each; never with a value. */
  problems: string[];
}

/**
 * Cleans the environment of platform artifacts. A carriage return from Windows counts as a blank
 * around the value. Quotes remain in a value if the platform does not remove them, as with `docker
 * --env-file`, and are then nearly always a mistake.
 */
export function cleanEnvironment(env: Env): CleanEnvironment {
  const trimmed = Object.entries(env)
    .map(([name, value]) => [name, value?.trim() ?? ''] as const)
    .filter(([name, value]) => !(isPort(name) && SERVICE_LINK.test(value)));
  const problems = trimmed
    .filter(([name, value]) => OWN.has(name) && unquoted(value) !== value)
    .map(([name]) => `${name} ${QUOTED}`);
  const set = trimmed
    .map(([name, value]) => [name, OWN.has(name) ? unquoted(value) : value] as const)
    .filter(([, value]) => value !== '');
  return { set: Object.fromEntries(set), problems };
}

/** Removes quotes around the whole value. */
export function unquoted(value: string): string {
  const isQuoted = value.length > 1 && QUOTES.includes(`${value[0]}${value.at(-1)}`);
  return isQuoted ? value.slice(1, -1).trim() : value;
}

function isPort(name: string): boolean {
  return name === 'PORT' || name === 'BACKEND_PORT';
}
