import { type FileHandle, link, open, rename } from 'node:fs/promises';

/** The calls in which file systems differ. A test puts calls in their place that fail as those of others. */
export interface FileSystemCalls {
  open(path: string, flags: string | number, mode?: number): Promise<FileHandle>;
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Has all of a file, or the entries of a folder, on disk. */
  flush(file: FileHandle): Promise<void>;
}

export const SYSTEM_CALLS: FileSystemCalls = {
  open,
  link,
  rename,
  flush: (file) => file.sync(),
};

/** What file systems answer to calls that they do not have: FAT, FUSE, SMB and NFS all differ. */
const UNSUPPORTED = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK']);

export function isUnsupported(error: unknown): boolean {
  return UNSUPPORTED.has(codeOf(error));
}

/** The system's name of an error, such as `ENOENT`. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}
