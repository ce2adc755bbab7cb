import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { FolderInUse, lockFolder } from '../../../../adapters/postgres/folder-lock.ts';
import type { Check } from '../../check.ts';
import { failure, ok, type Verdict, warning } from '../../finding.ts';

const OTHERS = 0o077;

/** Checks the folder of the embedded database, and does not open the database. */
export function embeddedFolder(folder: string): Check {
  return {
    name: 'database',
    async run() {
      const place = await nearest(folder);
      const isWritable = await may(place, constants.R_OK | constants.W_OK | constants.X_OK);
      if (!isWritable) {
        return [
          failure(
            `The embedded database cannot be written: ${place} is not writable.`,
            'Give the folder to the user that runs the service, or set DATA_DIR to another one.',
          ),
        ];
      }
      const disk = fileSystemVerdict((await statfs(place)).type, place);
      if (place !== folder) {
        return [ok(`The embedded database will be created in ${folder} at its first use.`), disk];
      }
      return [await lockVerdict(folder), modeVerdict(folder, (await stat(folder)).mode), disk];
    },
  };
}

async function lockVerdict(folder: string): Promise<Verdict> {
  try {
    // Lock the folder only if it has a lock file already, because a check must create nothing.
    if (await may(join(folder, 'lock'), constants.F_OK)) lockFolder(folder).release();
    return ok(`No process has the embedded database in ${folder} open.`);
  } catch (error) {
    if (!(error instanceof FolderInUse)) throw error;
    const process = error.pid === undefined ? 'Another process' : `Process ${error.pid}`;
    return ok(
      `${process} has the embedded database in ${folder}. A second one runs without the studio.`,
    );
  }
}

function modeVerdict(folder: string, mode: number): Verdict {
  const shown = (mode & 0o777).toString(8);
  if ((mode & OTHERS) === 0) return ok(`Only its owner may read ${folder} (mode ${shown}).`);
  return warning(
    `Other users of this machine may read ${folder} (mode ${shown}). It contains prompts and accounts.`,
    `Run chmod 700 ${folder}.`,
  );
}

/** By the type of statfs(2). */
const FILE_SYSTEMS = new Map<number, { name: string; loses: 'locks' | 'files' }>([
  [0x6969, { name: 'NFS', loses: 'locks' }],
  [0x517b, { name: 'SMB', loses: 'locks' }],
  [0xff534d42, { name: 'SMB', loses: 'locks' }],
  [0xfe534d42, { name: 'SMB', loses: 'locks' }],
  [0x65735546, { name: 'FUSE', loses: 'locks' }],
  [0x01021997, { name: '9p', loses: 'locks' }],
  [0x01021994, { name: 'tmpfs', loses: 'files' }],
  [0x794c7630, { name: 'overlay', loses: 'files' }],
]);

export function fileSystemVerdict(type: number, folder: string): Verdict {
  const found = FILE_SYSTEMS.get(type);
  if (!found) return ok(`${folder} is on a disk of this machine.`);
  if (found.loses === 'locks') {
    return warning(
      `${folder} is on ${found.name}, which may not keep two machines from opening the same database.`,
      'Set DATA_DIR to a local disk or block volume, or use a server with DATABASE_URL.',
    );
  }
  return warning(
    `${folder} is on ${found.name}, so it ends with the ${found.name === 'tmpfs' ? 'machine' : 'container'}.`,
    'Mount a volume and set DATA_DIR to it, or use a server with DATABASE_URL.',
  );
}

/** The folder, or the nearest folder above it that exists. */
async function nearest(folder: string): Promise<string> {
  for (let place = folder; ; place = dirname(place)) {
    if (await may(place, constants.F_OK)) return place;
  }
}

function may(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
