import fc from 'fast-check';
import { canonicalIp, sortIps } from './ip-order.js';

describe('canonicalIp', () => {
  it.each([
    ['10.0.0.7', '10.0.0.7'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['2001:db8::0:1', '2001:db8::1'],
    ['0:0:0:0:0:0:0:0', '::'],
    ['::ffff:10.0.0.7', '10.0.0.7'],
    ['::ffff:a00:7', '10.0.0.7'],
    ['2001:db8:0:1:1:1:1:1', '2001:db8:0:1:1:1:1:1'],
    ['2001:0:0:1:0:0:0:1', '2001:0:0:1::1'],
    ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
    ['fe80::0001%eth0', 'fe80::1%eth0'],
    ['dn-0.local', 'dn-0.local'],
  ])('writes %s as %s', (text, expected) => {
    expect(canonicalIp(text)).toBe(expected);
  });

  it('gives all spellings of an IPv6 address one text, and keeps that text', () => {
    const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
    const groups = fc.array(group, { minLength: 8, maxLength: 8 });
    const property = fc.property(groups, fc.boolean(), (parts, upper) => {
      const short = parts.map((part) => part.toString(16)).join(':');
      const long = parts.map((part) => part.toString(16).padStart(4, '0')).join(':');
      const canonical = canonicalIp(short);
      expect(canonicalIp(upper ? long.toUpperCase() : long)).toBe(canonical);
      expect(canonicalIp(canonical)).toBe(canonical);
      expect(canonical).not.toMatch(/[A-F]|(^|:)0[0-9a-f]/);
    });
    fc.assert(property);
  });
});

describe('sortIps', () => {
  it('orders by the bytes of the text, each address once', () => {
    expect(sortIps(['10.0.0.9', '10.0.0.10', '::ffff:10.0.0.9'])).toEqual([
      '10.0.0.10',
      '10.0.0.9',
    ]);
  });

  it('gives every order of one list the same result', () => {
    const list = fc.array(fc.oneof(fc.ipV4(), fc.ipV6()), { maxLength: 12 });
    const property = fc.property(list, fc.infiniteStream(fc.nat()), (ips, keys) => {
      const shuffled = ips
        .map((ip) => ({ ip, key: keys.next().value as number }))
        .sort((a, b) => a.key - b.key);
      expect(sortIps(shuffled.map(({ ip }) => ip))).toEqual(sortIps(ips));
    });
    fc.assert(property);
  });
});
