import { CafeError } from '../../../domain/kernel/errors.ts';
import { codeOf } from './calls.ts';

/** Remedies for system errors that the owner must fix. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. Make room, or move DATA_DIR to a larger one.',
  EDQUOT: 'The disk quota is used up. Raise it, or move DATA_DIR.',
  EROFS: 'The file system is read-only. Mount it for writing, or move DATA_DIR.',
  EACCES: "The service's user has no permission. Make that user the owner of DATA_DIR.",
  EPERM: "The service's user has no permission. Make that user the owner of DATA_DIR.",
  ENAMETOOLONG:
    'The file system only supports shorter names, as encrypted folders do. Move DATA_DIR to another one.',
  ESTALE: 'The network drive has a stale handle. Mount it again.',
  EIO: 'The disk or network drive fails. Check the system log.',
  EMFILE: 'The process has too many open files. Raise its limit (ulimit -n).',
};

/** Converts a system error into a domain error. The cause includes the remedy. */
export function unavailable(error: unknown): CafeError {
  const code = codeOf(error);
  const remedy = REMEDIES[code];
  const { message } = error as Error;
  const cause = remedy
    ? Object.assign(new Error(`${message}. ${remedy}`, { cause: error }), { code })
    : error;
  return new CafeError('storage_unavailable', 'The image store is unavailable.', { cause });
}
