/** What a row may hold. */
export type MmdbValue = string | number | bigint | { [name: string]: MmdbValue };

const STRING = 2;
const UINT16 = 5;
const MAP = 7;
const UINT64 = 9;
/** Types from here on are written in a byte of their own. */
const EXTENDED = 8;
const LONGEST = 28;

/** A database in MaxMind's format in which every IPv4 address has this row. */
export function tinyMmdb(row: MmdbValue, builtAt: number): Buffer {
  // One node: both of its records, of three bytes, point at the first row, behind the separator.
  const [nodes, separator] = [1, 16];
  const record = Buffer.from([0, 0, nodes + separator]);
  return Buffer.concat([
    ...[record, record, Buffer.alloc(separator), encoded(row)],
    Buffer.from('\xab\xcd\xefMaxMind.com', 'latin1'),
    encoded({
      binary_format_major_version: 2,
      binary_format_minor_version: 0,
      build_epoch: BigInt(Math.floor(builtAt / 1000)),
      database_type: 'Tiny',
      ip_version: 4,
      node_count: nodes,
      record_size: 24,
    }),
  ]);
}

function encoded(value: MmdbValue): Buffer {
  if (typeof value === 'string') return field(STRING, Buffer.from(value));
  if (typeof value === 'number') return field(UINT16, Buffer.from([value >> 8, value & 255]));
  if (typeof value === 'bigint') {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(value);
    return field(UINT64, bytes);
  }
  const entries = Object.entries(value);
  const pairs = entries.flatMap((pair) => pair.map((part) => encoded(part)));
  return Buffer.concat([Buffer.from([(MAP << 5) | entries.length]), ...pairs]);
}

function field(type: number, bytes: Buffer): Buffer {
  if (bytes.length > LONGEST) throw new Error('The value is too long.');
  const head = type < EXTENDED ? [(type << 5) | bytes.length] : [bytes.length, type - MAP];
  return Buffer.concat([Buffer.from(head), bytes]);
}
