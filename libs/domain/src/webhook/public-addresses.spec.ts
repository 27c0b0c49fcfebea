import { addressCheckOf, isPublicAddress } from './public-addresses.js';

describe('isPublicAddress', () => {
  it.each([
    ['8.8.8.8'],
    ['1.1.1.1'],
    ['172.15.255.255'],
    ['172.32.0.1'],
    ['100.63.255.255'],
    ['100.128.0.1'],
    ['2606:4700::1111'],
    ['2a00:1450:4001:800::200e'],
    ['64:ff9b::8.8.8.8'],
  ])('accepts %s', (address) => expect(isPublicAddress(address)).toBe(true));

  it.each([
    ['0.0.0.0'],
    ['10.1.2.3'],
    ['100.64.0.1'],
    ['100.100.100.200'],
    ['127.0.0.1'],
    ['127.255.255.254'],
    ['168.63.129.16'],
    ['169.254.169.254'],
    ['172.16.0.1'],
    ['172.31.255.255'],
    ['192.0.0.192'],
    ['192.168.1.1'],
    ['198.19.255.255'],
    ['224.0.0.1'],
    ['240.0.0.1'],
    ['255.255.255.255'],
    ['::'],
    ['::1'],
    ['::7f00:1'],
    ['::ffff:127.0.0.1'],
    ['::ffff:8.8.8.8'],
    ['::ffff:0:127.0.0.1'],
    ['64:ff9b::127.0.0.1'],
    ['64:ff9b::a9fe:a9fe'],
    ['64:ff9b::10.0.0.1'],
    ['64:ff9b:1::8.8.8.8'],
    ['2001::1'],
    ['2001:db8::1'],
    ['2002:7f00:1::'],
    ['fc00::1'],
    ['fd00:ec2::254'],
    ['fe80::1'],
    ['fe80::1%eth0'],
    ['fec0::1'],
    ['ff02::1'],
  ])('refuses %s', (address) => expect(isPublicAddress(address)).toBe(false));
});

describe('addressCheckOf', () => {
  const isAllowed = addressCheckOf(['127.0.0.0/8', '10.1.2.3', 'fd00::/8']);

  it.each([['127.0.0.1'], ['10.1.2.3'], ['fd12::1']])('contains %s', (address) =>
    expect(isAllowed(address)).toBe(true),
  );
  it.each([['10.1.2.4'], ['128.0.0.1'], ['::1'], ['fd12::1%eth0']])('does not contain %s', (address) =>
    expect(isAllowed(address)).toBe(false),
  );
});
