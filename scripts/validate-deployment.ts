/**
 * Checks all that a deployment is made of: builds the image and tries it, lints the Dockerfile and the
 * scripts, parses the workflows, Railway's files and the Terraform. `--files` leaves out the image,
 * `--image` everything else.
 *
 * Ends with 0 where all is well, 1 where something is not, and 3 where nothing is wrong but a tool was
 * missing and not all could be checked. From the environment: `CONTAINER_TOOL`, one of docker, podman
 * and buildah; `CONTAINER_BUILD_ARGS` and `CONTAINER_RUN_ARGS`, further arguments for it, such as a
 * company's proxy or certificates need.
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
