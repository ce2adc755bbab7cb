import { CafeError } from '../../../domain/kernel/errors.ts';
import { codeOf } from './calls.ts';

/** What to do about errors of the system that last until somebody acts. */
const REMEDIES: Readonly<Record<string, string>> = {
  ENOSPC: 'The disk is full. Make room, or move DATA_DIR to a larger one.',
  EDQUOT: 'The disk quota is used up. Raise it, or move DATA_DIR.',
  EROFS: 'The file system is read-only. Mount it for writing, or move DATA_DIR.',
  EACCES: "The service's user may not do this. Give DATA_DIR to that user.",
  EPERM: "The service's user may not do this. Give DATA_DIR to that user.",
  ENAMETOOLONG:
    'The file system allows only shorter names, as encrypted folders do. Move DATA_DIR to another one.',
  ESTALE: 'The network drive was exported anew. Mount it again.',
  EIO: 'The disk or network drive fails. Look at the log of the system.',
  EMFILE: 'The process has too many open files. Raise its limit (ulimit -n).',
};

/** The failure of a call as the domain knows it. What to do is in its cause. */
export function unavailable(error: unknown): CafeError {
  const code = codeOf(error);
  const remedy = REMEDIES[code];
  const { message } = error as Error;
  const cause = remedy
    ? Object.assign(new Error(`${message}. ${remedy}`, { cause: error }), { code })
    : error;
  return new CafeError('storage_unavailable', 'The picture store is unavailable.', { cause });
}
