import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  buildImage,
  type ContainerTool,
  describeImage,
  findContainerTool,
  type ImageAbout,
} from './container-tool.ts';
import type { Findings } from './findings.ts';
import { startTrial, type TrialContainer } from './trial-container.ts';

const TAG = 'bytesized-cafe:trial';
const PNG = Buffer.from('89504e470d0a1a0a', 'hex');

/** Builds and tests the image with the first container tool that works. */
export async function checkImage(root: string, findings: Findings): Promise<void> {
  const { tool, refused } = await findContainerTool(process.env);
  if (!tool) {
    findings.unchecked('the image', `no container tool works here:\n${refused.join('\n')}`);
    return;
  }
  const built = await findings.check(`${tool.name} builds the image`, () =>
    buildImage(tool, root, TAG),
  );
  if (!built) return;
  const about = await describeImage(tool, TAG);
  await findings.check('it starts node by itself, not as root, with a health check', () =>
    checkDescription(about),
  );
  if (about.size) findings.passed(`its size is ${Math.round(about.size / 1e6)} MB, unpacked`);
  if (!tool.canRun) {
    findings.unchecked(
      'the image as it runs',
      `${tool.name} only builds; Docker or Podman would do`,
    );
    return;
  }
  await findings.check('it runs on a read-only root, without capabilities', () =>
    tryRunning(tool, root, about, findings),
  );
}

function checkDescription({ user, command, healthcheck, labels }: ImageAbout): void {
  if (!/^[1-9]\d*(:\d+)?$/.test(user))
    throw new Error(`its user is ${user || 'root'}, not a number`);
  if (command[0] !== 'node') throw new Error(`it starts ${command.join(' ')}`);
  if (healthcheck[1] !== 'node') throw new Error('its health check is not one by node');
  if (!labels['org.opencontainers.image.title']) throw new Error('it has no OCI labels');
}

async function tryRunning(
  tool: ContainerTool,
  root: string,
  about: ImageAbout,
  findings: Findings,
): Promise<void> {
  const container = await startTrial(tool, TAG);
  try {
    await findings.check(
      'only /app/data can be written to, and npm and compilers are not there',
      () => lookInside(container),
    );
    await findings.check('only production dependencies are there', () =>
      lookForDependencies(container, root),
    );
    await findings.check('a start finds all of its sources compiled', () =>
      lookForCompiling(container),
    );
    await findings.check('the command line runs in it', async () => {
      await container.execute('node', 'src/cli/bytesized-cafe.mjs', 'doctor', '--help');
    });
    await findings.check('its own health check passes', () =>
      container.execute(...about.healthcheck.slice(1)),
    );
    await findings.check('it is ready', async () => {
      const { status } = await fetch(`${container.url}/ready`);
      if (status !== 200) throw new Error(`status ${status}`);
    });
    await findings.check('a page gets a picture, and the picture loads', () =>
      loadPicture(container, '/posts/trial'),
    );
    await findings.check('the element is there', async () => {
      const { status } = await fetch(`${container.url}/bytesized-cafe-app/cafe-image.js`);
      if (status !== 200) throw new Error(`status ${status}`);
    });
    await findings.check('the admin page is there', async () => {
      const { status } = await fetch(`${container.url}/admin/`);
      if (status !== 200) throw new Error(`status ${status}`);
    });
    await findings.check('on SIGTERM in the middle of pictures it answers, and ends with 0', () =>
      stopInTheMiddle(container),
    );
  } finally {
    await container.remove();
  }
}

async function lookInside(container: TrialContainer): Promise<void> {
  const found = JSON.parse(
    await container.execute(
      'node',
      '--eval',
      `const fs = require('node:fs');
      const refusal = (file) => { try { fs.writeFileSync(file, ''); return 'written'; } catch ({ code }) { return code; } };
      const there = process.env.PATH.split(':').flatMap((folder) =>
        ['npm', 'npx', 'yarn', 'gcc', 'make', 'python3', 'curl'].map((name) => folder + '/' + name)).filter(fs.existsSync);
      const first = fs.readFileSync('/proc/1/cmdline', 'utf8').split('\\0').slice(0, 2);
      console.log(JSON.stringify({ uid: process.getuid(), app: refusal('/app/x'), etc: refusal('/etc/x'),
        data: refusal('/app/data/x'), there, first }));`,
    ),
  );
  const expected = { uid: 1000, app: 'EROFS', etc: 'EROFS', data: 'written', there: [] };
  const first = ['node', 'src/app/start.mjs'];
  const wanted = JSON.stringify({ ...expected, first });
  if (JSON.stringify(found) !== wanted) {
    throw new Error(`found ${JSON.stringify(found)}\ninstead of ${wanted}`);
  }
}

async function lookForDependencies(container: TrialContainer, root: string): Promise<void> {
  const about = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));
  const listed = await container.execute(
    'node',
    '--eval',
    `const fs = require('node:fs');
    const names = fs.readdirSync('node_modules').flatMap((name) => name.startsWith('@')
      ? fs.readdirSync('node_modules/' + name).map((inner) => name + '/' + inner) : [name]);
    console.log(names.join(' '));`,
  );
  const there = new Set(listed.split(' '));
  const missing = Object.keys(about.dependencies).filter((name) => !there.has(name));
  const extra = Object.keys(about.devDependencies).filter((name) => there.has(name));
  if (missing.length + extra.length > 0) {
    throw new Error(`missing: ${missing.join(' ')}; not for production: ${extra.join(' ')}`);
  }
}

/** A second start, as in production, which ends when it finds the port taken. */
async function lookForCompiling(container: TrialContainer): Promise<void> {
  const said = await container.execute(
    'sh',
    '-c',
    `IMAGE_STORE=s3 GENERATED_IMAGES_BUCKET=trial AWS_REGION=eu-west-3 AWS_ACCESS_KEY_ID=trial \
    AWS_SECRET_ACCESS_KEY=trial AWS_ENDPOINT_URL_S3=http://127.0.0.1:1 IMAGE_GENERATOR=openai \
    OPENAI_API_KEY=trial GEO_LOCATOR=country-is NODE_DEBUG_NATIVE=COMPILE_CACHE \
    node src/app/start.mjs 2>&1; true`,
  );
  if (!said.includes('Cannot listen on')) throw new Error(said.slice(-1000));
  const found = said.match(/retrieving transpile cache for .*success/g) ?? [];
  const anew = [...said.matchAll(/no transpile cache for \S+ (\S+)/g)].map(([, url]) => url);
  if (found.length === 0 || anew.length > 0) {
    throw new Error(`${found.length} were found, and not ${anew.join(' ')}`);
  }
}

function ask(container: TrialContainer, pagePath: string): Promise<Response> {
  return fetch(`${container.url}/api/cafe/generate`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ context: { pagePath, pageType: 'article' } }),
  });
}

async function loadPicture(container: TrialContainer, pagePath: string): Promise<void> {
  const answer = await ask(container, pagePath);
  if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
  const { url } = (await answer.json()) as { url: string };
  const picture = await fetch(url);
  const bytes = Buffer.from(await picture.arrayBuffer());
  if (picture.status !== 200 || !bytes.subarray(0, PNG.length).equals(PNG)) {
    throw new Error(`${url} is no PNG: ${picture.status}`);
  }
}

/** Several at once: when the first is answered, the others are being made. */
async function stopInTheMiddle(container: TrialContainer): Promise<void> {
  let answered = 0;
  const answers = Array.from({ length: 6 }, async (_, at) => {
    const { status } = await ask(container, `/posts/last-${at}`);
    answered += 1;
    return status;
  });
  await Promise.race(answers);
  const begun = answers.length - answered;
  await container.signal('TERM');
  if (begun === 0) throw new Error('all were made before it could be told');
  const statuses = await Promise.all(answers);
  const code = await container.ended();
  if (statuses.some((status) => status !== 200) || code !== 0) {
    throw new Error(`answered ${statuses.join(' ')}, exit code ${code}\n${await container.log()}`);
  }
}
