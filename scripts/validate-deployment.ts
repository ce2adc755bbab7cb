/**
 * Checks everything a deployment uses: builds and tests the image, lints the Dockerfile and the scripts,
 * parses the workflows, Railway's files and the Terraform. `--files` leaves out the image, `--image`
 * everything else.
 *
 * Exits with 0 if all is well, 1 if something is wrong, and 3 if a tool was missing and not all could be
 * checked. Variables: `CONTAINER_TOOL` (docker, podman or buildah); `CONTAINER_BUILD_ARGS` and
 * `CONTAINER_RUN_ARGS`, further arguments, such as for a proxy or certificates.
 */
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkFiles } from './deployment/check-files.ts';
import { checkImage } from './deployment/check-image.ts';
import { Findings } from './deployment/findings.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const flag = { type: 'boolean' as const, default: false };
const { values: only } = parseArgs({ options: { files: flag, image: flag } });

const findings = new Findings((line) => console.log(line));
if (!only.image) await checkFiles(root, findings);
if (!only.files) await checkImage(root, findings);
findings.close();
process.exitCode = findings.exitCode;
