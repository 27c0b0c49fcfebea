import { authorization } from '../test/support/credentials.js';
import { Issuer } from '../test/support/issuer.js';

/** Each is verified once a minute by the api. */
const TOKENS = 64;
const VALID_SECONDS = 86_400;

/** The credentials of the clients, who may order for every customer. */
export class Clients {
  private constructor(
    /** Values of the header `Authorization`. */
    readonly authorizations: string[],
    private readonly issuer?: Issuer,
  ) {}

  static withApiKey() {
    return new Clients([authorization('clerk').authorization]);
  }

  static async withTokens() {
    const issuer = await Issuer.start();
    const exp = Math.trunc(Date.now() / 1_000) + VALID_SECONDS;
    const tokens = Array.from({ length: TOKENS }, (_, index) =>
      issuer.sign({ sub: `client-${index}`, roles: ['clerk'], exp }),
    );
    return new Clients(
      (await Promise.all(tokens)).map((token) => `Bearer ${token}`),
      issuer,
    );
  }

  /** What the product needs in its environment to accept the tokens. */
  get environment() {
    return this.issuer?.environment ?? {};
  }

  async stop() {
    await this.issuer?.stop();
  }
}
