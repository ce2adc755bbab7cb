import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type BorrowedTools, borrowTools } from './borrowed-tools.ts';
import type { Findings } from './findings.ts';
import { railwayProject } from './railway-project.ts';
import { lastWords, type Ran, runCommand } from './run-command.ts';
import { faultsInWorkflow, type Workflow } from './workflow-rules.ts';

/** Lints and parses all files that a deployment uses. */
export async function checkFiles(root: string, findings: Findings): Promise<void> {
  await checkShell(root, findings);
  await checkTerraform(root, findings);
  let tools: BorrowedTools;
  try {
    tools = await borrowTools();
  } catch (error) {
    const why = `npm cannot get the tools:\n${error instanceof Error ? error.message : error}`;
    const files = 'Dockerfile, workflows, railway.toml, .railway/railway.ts and the syntax of *.tf';
    findings.unchecked(files, why);
    return;
  }
  try {
    await findings.check('the Dockerfile lints', async () =>
      demand(await tools.run('dockerfile-utils', 'lint', path.join(root, 'Dockerfile'))),
    );
    await checkWorkflows(root, tools, findings);
    await checkRailway(root, tools, findings);
    for (const file of await filesIn(path.join(root, 'infra/terraform'), '.tf')) {
      await findings.check(`${path.relative(root, file)} parses`, () => parseHcl(tools, file));
    }
  } finally {
    await tools.remove();
  }
}

async function checkWorkflows(root: string, tools: BorrowedTools, findings: Findings) {
  const files = await filesIn(path.join(root, '.github/workflows'), '.yml');
  if (files.length === 0) findings.failed('the workflows', 'there are none');
  for (const file of files) {
    const name = path.relative(root, file);
    await findings.check(`${name} parses, and has what a workflow may have`, async () => {
      const workflow = (await tools.evaluate(
        `import { readFileSync } from 'node:fs';
        import { parse } from 'yaml';
        const text = readFileSync(process.argv[1], 'utf8');
        console.log(JSON.stringify(parse(text, { strict: true, uniqueKeys: true })));`,
        file,
      )) as Workflow;
      demand(await tools.run('action-validator', file));
      const faults = faultsInWorkflow(workflow);
      if (faults.length > 0) throw new Error(faults.join('\n'));
    });
  }
}

async function checkRailway(root: string, tools: BorrowedTools, findings: Findings) {
  await findings.check('railway.toml and .railway/railway.ts say the same', async () => {
    const toml = (await tools.evaluate(
      `import { readFileSync } from 'node:fs';
      import { parse } from 'smol-toml';
      console.log(JSON.stringify(parse(readFileSync(process.argv[1], 'utf8'))));`,
      path.join(root, 'railway.toml'),
    )) as { build: object; deploy: object };
    const [service] = (await railwayProject(root, tools)).resources;
    const said = [sorted(toml.build), sorted(toml.deploy)].join('\n');
    const coded = [sorted(service?.build ?? {}), sorted(service?.deploy ?? {})].join('\n');
    if (said !== coded) throw new Error(`railway.toml:\n${said}\nrailway.ts:\n${coded}`);
  });
}

async function parseHcl(tools: BorrowedTools, file: string): Promise<void> {
  await tools.evaluate(
    `import { readFileSync } from 'node:fs';
    import hcl from '@cdktf/hcl2json';
    const parsed = await hcl.parse(process.argv[1], readFileSync(process.argv[1], 'utf8'));
    if (Object.keys(parsed).length === 0) throw new Error('nothing is in it');
    console.log('{}');`,
    file,
  );
}

async function checkShell(root: string, findings: Findings): Promise<void> {
  const what = 'the shell scripts pass shellcheck';
  const scripts = await filesIn(path.join(root, 'infra/aws-cli'), '.sh');
  const ran = await runCommand('shellcheck', scripts);
  if (ran.code === 127) findings.unchecked(what, ran.stderr);
  else await findings.check(what, () => demand(ran));
}

/** Uses Terraform or OpenTofu if it and its provider are available. */
async function checkTerraform(root: string, findings: Findings): Promise<void> {
  const what = 'the Terraform module is valid for its provider';
  const folder = await mkdtemp(path.join(tmpdir(), 'cafe-terraform-'));
  // In a copy, because it writes next to the files it reads.
  await cp(path.join(root, 'infra'), folder, { recursive: true });
  try {
    for (const command of ['terraform', 'tofu']) {
      const run = (...args: string[]) =>
        runCommand(command, [`-chdir=${path.join(folder, 'terraform')}`, ...args]);
      const formatted = await run('fmt', '-check', '-recursive');
      if (formatted.code === 127) continue;
      await findings.check(`the Terraform module is formatted (${command})`, () =>
        demand(formatted),
      );
      const begun = await run('init', '-backend=false', '-input=false', '-no-color');
      if (begun.code !== 0) return findings.unchecked(what, `init: ${lastWords(begun)}`);
      const valid = await run('validate', '-no-color');
      await findings.check(`${what} (${command})`, () => demand(valid));
      return;
    }
    findings.unchecked(what, 'neither terraform nor tofu is installed');
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws an Error with the end of the output if the command failed */
function demand(ran: Ran): void {
  if (ran.code !== 0) throw new Error(lastWords(ran));
}

async function filesIn(folder: string, ending: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith(ending)).map((name) => path.join(folder, name));
}

function sorted(settings: object): string {
  return JSON.stringify(Object.fromEntries(Object.entries(settings).toSorted()));
}
