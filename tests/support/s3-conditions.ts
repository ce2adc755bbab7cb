/** What becomes of a condition on a write: some stores refuse it with 501, some act as if it were not there. */
export type Heed = 'honoured' | 'refused' | 'ignored';

/** What a store makes of conditions on writes. */
export interface ConditionHandling {
  /** `If-None-Match: *` with a put. */
  putIfAbsent: Heed;
  /** `If-Match` with a put. */
  putIfMatch: Heed;
  /** `If-None-Match: *` with a copy. */
  copyIfAbsent: Heed;
  /** `If-Match` with a deletion. */
  deleteIfMatch: Heed;
  /** How an ETag has to be written in `If-Match` to equal any. */
  etagForm: 'either' | 'bare' | 'quoted';
  /** The answer to a condition that is refused. */
  refusedWith: { status: number; code: string };
}

export const AMAZONS_CONDITIONS: ConditionHandling = {
  putIfAbsent: 'honoured',
  putIfMatch: 'honoured',
  copyIfAbsent: 'honoured',
  deleteIfMatch: 'honoured',
  etagForm: 'either',
  refusedWith: { status: 501, code: 'NotImplemented' },
};
/** Ceph's, of release 16. */
export const CEPHS_CONDITIONS: ConditionHandling = {
  ...AMAZONS_CONDITIONS,
  copyIfAbsent: 'ignored',
  deleteIfMatch: 'ignored',
  etagForm: 'bare',
};
export const REFUSED_CONDITIONS: ConditionHandling = {
  ...AMAZONS_CONDITIONS,
  putIfAbsent: 'refused',
  putIfMatch: 'refused',
  copyIfAbsent: 'refused',
  deleteIfMatch: 'refused',
};

interface ConditionalWrite {
  operation: string;
  headers: Readonly<Record<string, string>>;
}

/**
 * Why a write is refused, `undefined` where it may go on.
 *
 * @param etag of what is there, quoted
 */
export function conditionFailure(
  { operation, headers }: ConditionalWrite,
  etag: string | undefined,
  handling: ConditionHandling,
): { status: number; code: string } | undefined {
  const { 'if-none-match': ifNoneMatch, 'if-match': ifMatch } = headers;
  if (ifNoneMatch === undefined && ifMatch === undefined) return undefined;
  const heed = heedOf(operation, ifNoneMatch !== undefined, handling);
  if (heed === 'ignored') return undefined;
  const isKnown = ifNoneMatch === undefined || ifNoneMatch === '*';
  if (heed === 'refused' || !isKnown) return handling.refusedWith;
  const failed = { status: 412, code: 'PreconditionFailed' };
  if (ifMatch === undefined) return etag === undefined ? undefined : failed;
  if (etag === undefined) return { status: 404, code: 'NoSuchKey' };
  return formsOf(etag, handling.etagForm).includes(ifMatch) ? undefined : failed;
}

function heedOf(operation: string, ifAbsent: boolean, handling: ConditionHandling): Heed {
  if (operation === 'delete') return ifAbsent ? 'refused' : handling.deleteIfMatch;
  if (operation === 'copy') return ifAbsent ? handling.copyIfAbsent : 'refused';
  return ifAbsent ? handling.putIfAbsent : handling.putIfMatch;
}

function formsOf(etag: string, form: ConditionHandling['etagForm']): string[] {
  const bare = etag.slice(1, -1);
  if (form === 'either') return [etag, bare];
  return [form === 'bare' ? bare : etag];
}
