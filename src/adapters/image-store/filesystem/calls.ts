import { type FileHandle, link, open, rename } from 'node:fs/promises';

/** The calls that behave differently between file systems. Tests replace them to simulate other ones. */
export interface FileSystemCalls {
  open(path: string, flags: string | number, mode?: number): Promise<FileHandle>;
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  /** Writes a file's content, or a folder's entries, to disk. */
  flush(file: FileHandle): Promise<void>;
}

export const SYSTEM_CALLS: FileSystemCalls = {
  open,
  link,
  rename,
  flush: (file) => file.sync(),
};

/** Error codes for unsupported calls. FAT, FUSE, SMB and NFS all differ. */
const UNSUPPORTED = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL', 'EMLINK']);

export function isUnsupported(error: unknown): boolean {
  return UNSUPPORTED.has(codeOf(error));
}

/** The system's error code, such as `ENOENT`. */
export function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException | undefined)?.code ?? '';
}
