import { randomUUID } from 'node:crypto';
import type { ConditionHandling } from './s3-conditions.ts';

/** How a store differs from Amazon S3, apart from conditions on writes. All are off by default. */
export interface S3Quirks {
  /** Milliseconds that must lie between two writes of one key; an earlier one is answered 429. */
  writePauseMs?: number;
  /** ETags that are no MD5, without quotes after a write, or weak after a read. */
  etags?: 'opaque' | 'bare' | 'weak';
  /** CopyObject is refused with 501, or keeps the labels of the source. */
  copies?: 'refused' | 'keeps-labels';
  /** The error code of a missing object; an empty one stands for an answer without a body. */
  missingCode?: string;
  /** Listings do not know `start-after`. */
  ignoresStartAfter?: boolean;
  /** Listings are URL-encoded without being asked to, and say so. */
  encodesKeys?: boolean;
  /** Listings leave out what clients do not need: `KeyCount`, `MaxKeys`, and `IsTruncated` at the end. */
  terseListings?: boolean;
  /** Deleting what is not there is answered 404. */
  deletesStrictly?: boolean;
}

/** A store as its documentation, or a report of its users, describes it. */
export interface S3Profile {
  conditions?: Partial<ConditionHandling>;
  quirks?: S3Quirks;
  region?: string;
}

const REFUSES_ALL = {
  putIfAbsent: 'refused',
  putIfMatch: 'refused',
  copyIfAbsent: 'refused',
} as const;
const IGNORES_ALL = {
  putIfAbsent: 'ignored',
  putIfMatch: 'ignored',
  copyIfAbsent: 'ignored',
} as const;
const CEPH = { copyIfAbsent: 'ignored', etagForm: 'bare' } as const;

export const S3_PROFILES: Readonly<Record<string, S3Profile>> = {
  'Cloudflare R2': {
    conditions: { copyIfAbsent: 'ignored' },
    quirks: { writePauseMs: 1000 },
    region: 'auto',
  },
  'Google Cloud Storage': {
    conditions: { ...REFUSES_ALL, refusedWith: { status: 400, code: 'InvalidArgument' } },
    quirks: { etags: 'opaque' },
    region: 'auto',
  },
  'Backblaze B2': { conditions: REFUSES_ALL, region: 'us-east-005' },
  'Alibaba Cloud OSS': {
    conditions: { ...REFUSES_ALL, refusedWith: { status: 400, code: 'NotImplemented' } },
  },
  'Ceph, as at Hetzner and DigitalOcean': { conditions: CEPH, region: 'RegionOne' },
  OVHcloud: { conditions: { copyIfAbsent: 'refused' }, region: 'GRA' },
  MinIO: { conditions: { copyIfAbsent: 'ignored' }, region: 'us-east-1' },
  'SeaweedFS before 3.97': { conditions: IGNORES_ALL, quirks: { etags: 'bare' } },
  'Garage and others without conditions': {
    conditions: IGNORES_ALL,
    quirks: { etags: 'opaque', encodesKeys: true, terseListings: true },
    region: 'garage',
  },
  'a gateway that answers 405 to conditions': {
    conditions: { ...REFUSES_ALL, refusedWith: { status: 405, code: 'MethodNotAllowed' } },
    quirks: { deletesStrictly: true, missingCode: 'NotFound' },
    region: 'NL',
  },
  'a gateway without CopyObject': { quirks: { copies: 'refused', ignoresStartAfter: true } },
  'a gateway whose copies keep their labels': {
    quirks: { copies: 'keeps-labels', missingCode: '' },
  },
  'a proxy that weakens ETags': { quirks: { etags: 'weak' } },
};

/** An ETag for new content, quoted. */
export function etagFor(md5: string, { etags }: S3Quirks): string {
  return etags === 'opaque' ? `"${randomUUID()}-1"` : `"${md5}"`;
}

/** How an answer writes a quoted ETag. */
export function etagIn(kind: 'write' | 'read', etag: string, { etags }: S3Quirks): string {
  if (etags === 'bare' && kind === 'write') return etag.slice(1, -1);
  return etags === 'weak' && kind === 'read' ? `W/${etag}` : etag;
}
