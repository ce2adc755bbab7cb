import path from 'node:path';

export interface SourceFile {
  /** Relative to the repository, with forward slashes. */
  name: string;
  text: string;
}

/** An import of a source file. */
interface Import {
  /** A file of the repository, or the name of a package. */
  target: string;
  /** `import type`, which nothing is left of when the program runs. */
  isType: boolean;
}

/** Who may import what. */
interface Rule {
  place: RegExp;
  may: readonly RegExp[];
  /** What `import type` may name beside that. */
  mayAsType?: readonly RegExp[];
}

const VOCABULARY = ['kernel', 'countries', 'pages', 'storage'];
const BASE = [...VOCABULARY, 'limits', 'accounts', 'budget', 'monitoring'];
/** What every product is built on. */
const CORE = [...BASE, 'images', 'generation', 'uploads'];
const PRODUCTS = ['cafe', 'jobs', 'library', 'thumbnails', 'mirror'];

/** The rooms of the domain, and the rooms that each may import. */
const DOMAIN: Readonly<Record<string, readonly string[]>> = {
  kernel: [],
  countries: ['kernel'],
  pages: ['kernel', 'countries'],
  storage: ['kernel', 'countries', 'pages'],
  limits: ['kernel'],
  accounts: ['kernel'],
  budget: VOCABULARY,
  monitoring: [...VOCABULARY, 'limits', 'accounts', 'budget'],
  images: BASE,
  generation: BASE,
  uploads: BASE,
  cafe: CORE,
  jobs: CORE,
  library: ['kernel', 'accounts', 'monitoring', 'images'],
  mirror: ['kernel', 'accounts', 'monitoring', 'images'],
  thumbnails: CORE,
  admin: [...CORE, ...PRODUCTS],
};

/** The SDKs that each folder of adapters may import. A folder that is not listed may import none. */
const SDKS: Readonly<Record<string, RegExp>> = {
  'image-store': /^@aws-sdk\/client-s3$|^@smithy\//,
  'image-generator': /^openai(\/|$)|^sharp$|^@bytesized-cafe\/sketch-painter$/,
  'rendition-maker': /^(sharp|thumbhash)$/,
  'geo-locator': /^maxmind$/,
  'circuit-breaker': /^cockatiel$/,
  'page-list': /^fast-xml-parser$/,
  journal: /^(pino|prom-client)$/,
  'token-verifier': /^jose$/,
  tracing: /^@opentelemetry\//,
};

/** The guarded download, and the ports whose adapters fetch what another server names. */
const OUTBOUND = /^src\/adapters\/outbound\//;
const DOWNLOADS = ['image-generator', 'page-list'];

/** How the records of generations are listed and read, which the history shares with the ledger. */
const RECORDS = /^src\/adapters\/budget-ledger\/(days|records)\//;

/** The ports with an adapter over SQL, `postgres.ts`, which stands on `src/adapters/postgres`. */
const SQL_PORTS = [
  'account-spending',
  'account-store',
  'budget-ledger',
  'generation-history',
  'job-store',
  'library-store',
  'page-claims',
  'spending-control-store',
  'thumbnail-store',
];

/** Use cases of rooms that otherwise hold ports and values. No adapter may import one. */
const USE_CASES = 'raise-alerts|readiness|persist-image|make-renditions';
/** Values of rooms that otherwise hold use cases. Adapters may import them. */
const VALUES = 'images/(image-visibility|image-labels)';

/** Files of `src/app/http` that all its rooms may import. */
const SHARED_HTTP = [
  /^src\/app\/http\/(?!routes\.ts)[\w-]+\.ts$/,
  /^src\/app\/http\/(files|v1)\//,
  /^src\/app\/http\/openapi\/operation\.ts$/,
];
const HTTP_PACKAGES = /^(koa|zod|isbot|pino)$|^@koa\//;
const NODE = /^node:/;
/** Types of requests and answers. Pages may import them, as no code comes with a type. */
const HTTP_TYPES = [/^src\/app\/http\//];

/** Who may import whom, as ARCHITECTURE.md says it. The first rule whose place fits a file decides. */
const RULES: readonly Rule[] = [
  ...Object.entries(DOMAIN).map(([room, rooms]) => ({
    place: new RegExp(`^src/domain/${room}/`),
    may: [
      domain([room, ...rooms]),
      /^node:crypto$/,
      ...(room === 'thumbnails' ? [/^src\/domain\/jobs\/job-queue\.ts$/] : []),
    ],
  })),
  ...SQL_PORTS.map((port) => ({
    place: new RegExp(`^src/adapters/${port}/postgres(\\.ts$|/)`),
    may: [...adapterMay(port), /^src\/adapters\/postgres\//, /^kysely$/],
  })),
  {
    place: /^src\/adapters\/job-queue\//,
    may: [...adapterMay('job-queue'), /^src\/adapters\/postgres\//, /^pg-boss$/],
  },
  {
    place: /^src\/adapters\/postgres\//,
    may: [...adapterMay('postgres'), /^(pg|kysely(\/migration)?|@electric-sql\/pglite)$/],
  },
  ...Object.entries(SDKS).map(([port, sdks]) => ({
    place: new RegExp(`^src/adapters/${port}/`),
    may: [...adapterMay(port), sdks, ...(DOWNLOADS.includes(port) ? [OUTBOUND] : [])],
  })),
  { place: OUTBOUND, may: [OUTBOUND, NODE] },
  ...[...SQL_PORTS, 'alerts', 'clock'].map((port) => ({
    place: new RegExp(`^src/adapters/${port}/`),
    may: adapterMay(port),
  })),
  {
    place: /^src\/app\/config\//,
    may: [domain(['kernel', 'countries', 'pages']), /^src\/app\/config\//, /^zod$/, NODE],
  },
  {
    place: /^src\/app\/container\//,
    may: [
      /^src\/(domain|adapters|app)\//,
      /^(inversify|reflect-metadata)$/,
      /^package\.json$/,
      NODE,
    ],
  },
  httpRoom('admin', [...CORE, ...PRODUCTS, 'admin'], /^src\/app\/(blog-snippet|why-nowhere)\.ts$/),
  ...PRODUCTS.map((room) => httpRoom(room, [...CORE, room])),
  ...['uploads', 'accounts'].map((room) => httpRoom(room, CORE)),
  httpRoom('operations', BASE),
  httpRoom('v1', CORE),
  httpRoom('openapi', []),
  httpRoom('files', []),
  {
    place: /^src\/app\/http\/(routes|studio-api)\.ts$/,
    may: [/^src\/app\/http\//, /^src\/app\/(cafe\.ts|config\/)/, domain(CORE), HTTP_PACKAGES],
  },
  {
    place: /^src\/app\/http\/[\w-]+\.ts$/,
    may: [...SHARED_HTTP, domain(CORE), /^src\/app\/config\//, HTTP_PACKAGES, NODE],
  },
  {
    place: /^src\/app\/(main|worker)\.ts$/,
    may: [/^src\/(domain|app)\//, NODE],
  },
  {
    // The type of what the container makes.
    place: /^src\/app\/cafe\.ts$/,
    may: [],
    mayAsType: [/^src\/app\/container\/container\.ts$/],
  },
  {
    place: /^src\/app\/[\w-]+\.ts$/,
    may: [/^src\/domain\//, /^src\/app\/(?!container\/)/, HTTP_PACKAGES, NODE],
  },
  {
    place: /^src\/cli\//,
    may: [/^src\/(domain|adapters|app|cli)\//, /^commander$/, /^package\.json$/, NODE],
  },
  {
    place: /^packages\/sketch-painter\//,
    may: [/^packages\/sketch-painter\//, /^node:crypto$/, /^sharp$/],
  },
  {
    place: /^embed\//,
    may: [/^(embed|ui)\//, /^lit(\/|$)/, /^thumbhash$/],
    mayAsType: HTTP_TYPES,
  },
  ...['admin', 'studio', 'ui'].map((folder) => ({
    place: new RegExp(`^${folder}/`),
    may: [new RegExp(`^(${folder}|ui)/`), /^lit(\/|$)/],
    mayAsType: HTTP_TYPES,
  })),
];

/** Files of these rooms of the domain. */
function domain(rooms: readonly string[]): RegExp {
  return new RegExp(`^src/domain/(${rooms.join('|') || 'none'})/`);
}

/** Its own folder, its port, values and other ports, but no use case. */
function adapterMay(port: string): RegExp[] {
  return [
    ...(port === 'generation-history' ? [RECORDS] : []),
    new RegExp(`^src/adapters/(${port})/`),
    new RegExp(`^src/domain/[\\w-]+/(${port})\\.ts$`),
    new RegExp(`^src/domain/(${BASE.join('|')})/(?!(${USE_CASES})\\.ts)`),
    new RegExp(`^src/domain/${VALUES}\\.ts$`),
    NODE,
  ];
}

function httpRoom(room: string, rooms: readonly string[], also?: RegExp): Rule {
  return {
    place: new RegExp(`^src/app/http/${room}/`),
    may: [
      new RegExp(`^src/app/http/${room}/`),
      domain(rooms),
      ...SHARED_HTTP,
      /^src\/app\/config\//,
      HTTP_PACKAGES,
      NODE,
      ...(also ? [also] : []),
    ],
  };
}

/** What a file imports although its place does not allow it, as `file imports target`. */
export function forbiddenImports(file: SourceFile): string[] {
  const rule = RULES.find(({ place }) => place.test(file.name));
  return importsOf(file)
    .filter((found) => !isAllowed(found, rule))
    .map(({ target }) => `${file.name} imports ${target}`);
}

function isAllowed({ target, isType }: Import, rule: Rule | undefined): boolean {
  if (!rule) return false;
  const { may, mayAsType = [] } = rule;
  return [...may, ...(isType ? mayAsType : [])].some((allowed) => allowed.test(target));
}

/** Every static, dynamic and re-exporting import of a file. */
export function importsOf({ name, text }: SourceFile): Import[] {
  const code = text.replace(/\/\*.*?\*\//gs, '').replace(/^\s*\/\/.*$/gm, '');
  const forms =
    /(?:(?<type>\b(?:im|ex)port\s+type\s[^'";]*)\bfrom\s*|\bfrom\s*|\bimport\s*\(?\s*)(['"])(?<specifier>[^'"\n]+)\2/g;
  return [...code.matchAll(forms)].map(({ groups = {} }) => ({
    target: targetOf(name, groups.specifier ?? ''),
    isType: groups.type !== undefined,
  }));
}

function targetOf(file: string, specifier: string): string {
  if (!specifier.startsWith('.')) return specifier;
  return path.posix.normalize(path.posix.join(path.posix.dirname(file), specifier));
}
