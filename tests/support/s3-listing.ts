/** A request for a listing, version 2. */
export interface ListQuery {
  prefix: string;
  delimiter: string | undefined;
  startAfter: string | undefined;
  token: string | undefined;
  maxKeys: number;
  /** Whether keys are URL-encoded. */
  isEncoded?: boolean | undefined;
  /** Whether all is left out that a client can do without. */
  isTerse?: boolean | undefined;
}

/** What a listing says of an object. */
interface Listed {
  bytes: Uint8Array;
  etag: string;
  lastModified: Date;
}

interface Row {
  /** A key, or a common prefix. */
  name: string;
  /** Absent for a common prefix. */
  object?: Listed;
}

/** The answer to a listing; keys come in byte order, a token is the last name of the page before. */
export function listingXml(
  bucket: string,
  objects: ReadonlyMap<string, Listed>,
  query: ListQuery,
): string {
  const { prefix, delimiter, startAfter, token, maxKeys, isEncoded, isTerse } = query;
  const after = token === undefined ? startAfter : Buffer.from(token, 'base64url').toString();
  const rows = rowsOf(objects, prefix, delimiter).filter(
    ({ name }) => after === undefined || byBytes(name, after) > 0,
  );
  const page = rows.slice(0, maxKeys);
  const last = page.at(-1);
  const next =
    rows.length > page.length && last ? Buffer.from(last.name).toString('base64url') : '';
  return [
    '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">',
    `<Name>${escapeXml(bucket)}</Name><Prefix>${escapeXml(prefix)}</Prefix>`,
    isTerse ? '' : `<KeyCount>${page.length}</KeyCount><MaxKeys>${maxKeys}</MaxKeys>`,
    isTerse && next === '' ? '' : `<IsTruncated>${next !== ''}</IsTruncated>`,
    next && `<NextContinuationToken>${next}</NextContinuationToken>`,
    isEncoded ? '<EncodingType>url</EncodingType>' : '',
    ...page.map((row) => rowXml(isEncoded ? { ...row, name: encodedName(row.name) } : row)),
    '</ListBucketResult>',
  ].join('');
}

function rowsOf(
  objects: ReadonlyMap<string, Listed>,
  prefix: string,
  delimiter: string | undefined,
): Row[] {
  const rows = new Map<string, Row>();
  for (const [key, object] of objects) {
    if (!key.startsWith(prefix)) continue;
    const cut = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
    const row: Row =
      delimiter && cut !== -1
        ? { name: key.slice(0, cut + delimiter.length) }
        : { name: key, object };
    rows.set(row.name, row);
  }
  return [...rows.values()].sort((a, b) => byBytes(a.name, b.name));
}

function rowXml({ name, object }: Row): string {
  const key = escapeXml(name);
  if (!object) return `<CommonPrefixes><Prefix>${key}</Prefix></CommonPrefixes>`;
  const { bytes, etag, lastModified } = object;
  return (
    `<Contents><Key>${key}</Key><Size>${bytes.byteLength}</Size><ETag>${escapeXml(etag)}</ETag>` +
    `<LastModified>${lastModified.toISOString()}</LastModified></Contents>`
  );
}

/** As Amazon encodes: slashes stay, a blank becomes a plus. */
function encodedName(name: string): string {
  return encodeURIComponent(name).replaceAll('%2F', '/').replaceAll('%20', '+');
}

function byBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function escapeXml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
