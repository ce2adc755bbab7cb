import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProxyTrust } from '../../src/app/config/config.ts';
import { clientAddress, publicAddress } from '../../src/app/http/client-address.ts';

const trusting: ProxyTrust = { trustProxy: true, trustedHops: undefined, header: undefined };

function from(
  headers: Record<string, string>,
  socketAddress = '10.0.0.1',
  trust: ProxyTrust = trusting,
) {
  return clientAddress({ header: (name) => headers[name], socketAddress }, trust);
}

describe("the reader's address", () => {
  it.each([
    ['8.8.8.8', '8.8.8.8'],
    [' 8.8.8.8 ', '8.8.8.8'],
    ['8.8.8.8:5555', '8.8.8.8'],
    ['::ffff:8.8.8.8', '8.8.8.8'],
    ['::FFFF:0808:0808', '8.8.8.8'],
    ['[::ffff:8.8.8.8]:443', '8.8.8.8'],
    ['2a00:1450:4007:80e::200e', '2a00:1450:4007:80e::200e'],
    ['2A00:1450:4007:080E:0000:0000:0000:200E', '2a00:1450:4007:80e::200e'],
    ['[2a00:1450:4007:80e::200e]:443', '2a00:1450:4007:80e::200e'],
    ['[2a00:1450:4007:80e::200e]', '2a00:1450:4007:80e::200e'],
    ['2a00:1450:4007:80e::200e%eth0', '2a00:1450:4007:80e::200e'],
    ['2a00:1450:4007:80e::200e%a:b', '2a00:1450:4007:80e::200e'],
    ['2001:4860:4860::8888', '2001:4860:4860::8888'],
    ['64:ff9b::b9c7:6c99', '185.199.108.153'],
    ['64:FF9B:0:0:0:0:185.199.108.153', '185.199.108.153'],
    ['[64:ff9b::b9c7:6c99]:443', '185.199.108.153'],
    ['64:ff9b:1::b9c7:6c99', '185.199.108.153'],
    ['2002:b9c7:6c99::1', '185.199.108.153'],
    ['2002:b9c7:6c99:5:6:7:8:9', '185.199.108.153'],
    ['2001:0:4136:e378:8000:63bf:4638:9366', '185.199.108.153'],
    ['2a00:1450::5efe:b9c7:6c99', '2a00:1450::5efe:b9c7:6c99'],
    ['100.63.255.255', '100.63.255.255'],
    ['100.128.0.0', '100.128.0.0'],
    ['172.32.0.1', '172.32.0.1'],
    ['223.255.255.255', '223.255.255.255'],
  ])('G3: %j is read as %s', (text, address) => {
    expect(publicAddress(text)).toBe(address);
  });

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1',
    '100.127.255.255',
    '127.0.0.1',
    '127.255.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.255.255',
    '192.0.0.8',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.19.255.255',
    '198.51.100.7',
    '203.0.113.9',
    '224.0.0.1',
    '239.1.2.3',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::ffff:10.0.0.1',
    '::ffff:7f00:1',
    '::8.8.8.8',
    '64:ff9b::a00:1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::7f00:1',
    '64:ff9b::1:808:808',
    '64:ff9b:1::1',
    '64:ff9b:1::a00:1',
    '64:ff9b:1:a00:0:100:808:808',
    '64:ff9b:2::808:808',
    '::ffff:0:808:808',
    '2002:a00:1::1',
    '2002:7f00:1::1',
    '2002:a9fe:a9fe::808:808',
    '2001:0:4136:e378:8000:63bf:f5ff:fffe',
    '2a00:1450::5efe:a00:1',
    '2a00:1450::200:5efe:7f00:1',
    '100::1',
    '2001::1',
    '2001:10::1',
    '2001:20::1',
    '2001:db8::1',
    '3fff::1',
    'fc00::1',
    'fd12:3456::1',
    'fe80::1%eth0',
    'fec0::1',
    'ff02::1',
    '5f00::1',
  ])('G2: %s is not public', (text) => {
    expect(publicAddress(text)).toBeUndefined();
  });

  it.each([
    '',
    ' ',
    'unknown',
    '../info',
    '1.2.3.4/../x',
    '1.2.3',
    '1.2.3.4.5',
    '01.2.3.4',
    '0x08080808',
    '134744072',
    '8.8.8.8:',
    '8.8.8.8:99999999',
    '[8.8.8.8',
    '8.8.8.8\r\nHost: x',
    '8.8.8.8, 9.9.9.9',
    '2a00::1::2',
    '[2a00::1]x',
    '8'.repeat(5000),
    `${'8.'.repeat(5000)}8`,
  ])('G1: %j is no address', (text) => {
    expect(publicAddress(text)).toBeUndefined();
  });

  it('G1: is one that is read as itself, or none, whatever was sent', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '2a00:',
        '::',
        ':',
        '8.8',
        '.',
        '%',
        '[',
        ']',
        '/',
        '@',
        '?',
        '#',
        'ffff',
        '0x',
      ),
      fc.string({ maxLength: 3, unit: 'binary' }),
    );
    const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
    const read = fc.property(text, (sent) => {
      const address = publicAddress(sent);
      if (address !== undefined) expect(publicAddress(address)).toBe(address);
    });
    fc.assert(read, { numRuns: 5000 });
  }, 120_000);

  it('G4: is X-Real-IP, before X-Forwarded-For', () => {
    expect(from({ 'x-real-ip': '8.8.8.8', 'x-forwarded-for': '9.9.9.9' })).toBe('8.8.8.8');
  });

  it.each([
    ['10.42.0.1'],
    ['junk'],
    ['unknown'],
    ['_hidden'],
    ['[fd00::1]:443'],
    ['fe80::1%eth0'],
    ['::ffff:10.0.0.1'],
    ['8.8.8.8, 8.8.4.4'],
    ['1.'.repeat(40)],
  ])('is of X-Forwarded-For when X-Real-IP is %j, which is no one public address', (realIp) => {
    const headers = { 'x-real-ip': realIp, 'x-forwarded-for': '10.0.0.7, 9.9.9.9' };
    expect(from(headers)).toBe('9.9.9.9');
  });

  it.each([
    ['8.8.8.8, 8.8.8.8', '8.8.8.8'],
    ['10.42.0.1, 8.8.8.8', '8.8.8.8'],
    ['8.8.8.8:443, unknown', '8.8.8.8'],
    ['[::ffff:8.8.8.8]:443', '8.8.8.8'],
  ])('is the only public one of X-Real-IP %j', (realIp, address) => {
    expect(from({ 'x-real-ip': realIp, 'x-forwarded-for': '9.9.9.9' })).toBe(address);
  });

  it('is unknown when no header names a public one: the connection is a proxy’s', () => {
    expect(from({ 'x-real-ip': 'unknown' }, '9.9.9.9')).toBeUndefined();
    expect(from({ 'x-real-ip': '8.8.8.8, 8.8.4.4' }, '9.9.9.9')).toBeUndefined();
    expect(from({ 'x-real-ip': '10.0.0.1', 'x-forwarded-for': 'unknown' })).toBeUndefined();
  });

  it('is of the configured header and of no other', () => {
    const trust = { ...trusting, header: 'cf-connecting-ip' };
    const headers = { 'x-real-ip': '1.1.1.1', 'x-forwarded-for': '6.6.6.6' };
    expect(from({ ...headers, 'cf-connecting-ip': '8.8.8.8' }, '9.9.9.9', trust)).toBe('8.8.8.8');
    expect(from({ ...headers, 'cf-connecting-ip': 'junk' }, '9.9.9.9', trust)).toBeUndefined();
    expect(from(headers, '9.9.9.9', trust)).toBeUndefined();
  });

  it('G4: is the first public address of X-Forwarded-For where X-Real-IP is missing or blank', () => {
    expect(from({ 'x-forwarded-for': '9.9.9.9, 8.8.8.8' })).toBe('9.9.9.9');
    expect(from({ 'x-forwarded-for': 'unknown, , 10.0.0.7 ,8.8.8.8:80' })).toBe('8.8.8.8');
    expect(from({ 'x-real-ip': ' ', 'x-forwarded-for': '9.9.9.9' })).toBe('9.9.9.9');
    expect(from({ 'x-forwarded-for': '10.0.0.7, junk' }, '8.8.4.4')).toBeUndefined();
  });

  it("is the connection's own where no proxy says anything", () => {
    expect(from({}, '::ffff:8.8.8.8')).toBe('8.8.8.8');
    expect(from({}, '127.0.0.1')).toBeUndefined();
  });

  it('G4: is counted from the right with trusted hops, and X-Real-IP is ignored', () => {
    const headers = { 'x-real-ip': '1.1.1.1', 'x-forwarded-for': '6.6.6.6, 8.8.8.8, 9.9.9.9' };
    const at = (trustedHops: number) => from(headers, '10.0.0.1', { ...trusting, trustedHops });
    expect([at(1), at(2), at(3), at(4)]).toEqual(['9.9.9.9', '8.8.8.8', '6.6.6.6', undefined]);
  });

  it("G5: is the connection's own where proxies are not trusted", () => {
    const headers = { 'x-real-ip': '1.1.1.1', 'x-forwarded-for': '6.6.6.6' };
    const trust = { ...trusting, trustProxy: false };
    expect(from(headers, '8.8.8.8', trust)).toBe('8.8.8.8');
    expect(from(headers, '127.0.0.1', trust)).toBeUndefined();
  });
});
