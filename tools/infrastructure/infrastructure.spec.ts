import { withoutSecrets } from './infrastructure.js';

describe('withoutSecrets', () => {
  it.each([
    ['postgresql://me:secret@db:5432/shop?password=secret', 'postgresql://db:5432/shop'],
    ['amqps://me:s%40cret@mq/vhost', 'amqps://mq/vhost'],
    ['me:secret@nowhere', 'not a URL'],
    ['secret', 'not a URL'],
  ])('shortens %s to %s', (url, shortened) => {
    expect(withoutSecrets(url)).toBe(shortened);
  });
});
