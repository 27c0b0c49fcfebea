import { addressCheckOf } from '@estoque/domain';
import { AppError } from '@estoque/platform';
import { checkedWebhookUrl } from './webhook-url.js';

describe('checkedWebhookUrl', () => {
  const check = (url: string, networks: string[] = []) =>
    checkedWebhookUrl(url, addressCheckOf(networks), networks.length > 0);

  it.each([
    ['https://shop.example/hooks?token=1#part', 'https://shop.example/hooks?token=1'],
    ['HTTPS://Shop.Example', 'https://shop.example/'],
    ['https://8.8.8.8:8443/hooks', 'https://8.8.8.8:8443/hooks'],
  ])('accepts %s', (url, expected) => expect(check(url)).toBe(expected));

  it.each([
    ['http://shop.example/'],
    ['ftp://shop.example/'],
    ['shop.example'],
    [''],
    ['https://'],
    ['https://ana:secret@shop.example/'],
    ['https://127.0.0.1/'],
    ['https://2130706433/'],
    ['https://0x7f.1/'],
    ['https://10.1.2.3/'],
    ['https://169.254.169.254/latest/meta-data'],
    ['https://[::1]/'],
    ['https://[::ffff:10.0.0.1]/'],
    ['https://[fd00::1]/'],
    ['https://0.0.0.0/'],
  ])('refuses %s', (url) => expect(() => check(url)).toThrow(AppError));

  it('accepts http and other addresses if they are allowed', () => {
    expect(check('http://10.1.2.3/', ['10.0.0.0/8'])).toBe('http://10.1.2.3/');
    expect(() => check('http://192.168.1.1/', ['10.0.0.0/8'])).toThrow();
  });
});
