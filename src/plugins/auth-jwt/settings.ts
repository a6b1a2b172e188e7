import { z } from 'zod';
import { optional, setting, type Values } from '../../config/setting.ts';
import * as types from '../../config/setting-types.ts';

const row = (name: string, description: string) => ({
  path: `auth.jwt.${name}`,
  env: null,
  flag: null,
  description,
  effect: 'Nothing; whoever connects is judged by the new value.',
});

const text = (most: number, what: string) =>
  z
    .string()
    .refine((value) => Buffer.byteLength(value) <= most)
    .describe(`${what} of at most ${most} bytes`);

const claim = (name: string) =>
  setting({
    ...row(
      `verify_claims.${name}`,
      `What the claim '${name}' of a token has to be, with %c for the client id and %u for the user name; empty for anything.`,
    ),
    type: text(1024, 'text'),
    default: '',
  });

/** Settings of tokens, by the keys of EMQ X 3 where it had them. Empty text is none. */
export const jwtSettings = {
  secret: optional({
    ...row('secret', 'The secret of tokens that are signed with HS256, HS384 or HS512.'),
    type: text(1024, 'text'),
    secret: true,
  }),
  pubkey: setting({
    ...row(
      'pubkey',
      'The public key of tokens that are signed with RS, PS, ES or EdDSA: PEM, or the path of its file.',
    ),
    type: text(16_384, 'PEM text or a path'),
    default: '',
  }),
  jwks: setting({
    ...row('jwks', 'Where the public keys are fetched from, as a JSON Web Key Set.'),
    type: types.httpUrlOrNothing,
    default: '',
  }),
  refreshInterval: setting({
    ...row('jwks.refresh_interval', 'How often they are fetched.'),
    type: types.whole(10, 86_400, 'seconds'),
    default: 300,
  }),
  allowLinkLocal: setting({
    ...row('jwks.allow_link_local', 'Whether they may be fetched from a link-local address.'),
    type: types.onOff,
    default: 'off',
  }),
  failure: setting({
    ...row('failure', 'The verdict about a token while its key cannot be fetched.'),
    type: types.oneOf(['deny', 'ignore']),
    default: 'deny',
  }),
  from: setting({
    ...row('from', 'Which field of a CONNECT has the token.'),
    type: types.oneOf(['password', 'username']),
    default: 'password',
  }),
  verifyClaims: setting({
    ...row('verify_claims', 'Whether the claims that are named below are looked at.'),
    type: types.onOff,
    default: 'on',
  }),
  claims: {
    username: claim('username'),
    clientid: claim('clientid'),
    sub: claim('sub'),
    iss: claim('iss'),
    aud: claim('aud'),
  },
  otherClaims: setting({
    ...row('verify_claims.others', 'What further claims have to be, as name=value, with %c and %u.'),
    type: z
      .array(z.string().refine((entry) => entry.indexOf('=') > 0 && Buffer.byteLength(entry) <= 1024))
      .readonly()
      .describe('a list of name=value'),
    default: [],
  }),
  clockTolerance: setting({
    ...row('clock_tolerance', 'How far the clock of whoever makes tokens may be off.'),
    type: types.whole(0, 3600, 'seconds'),
    default: 0,
  }),
  aclClaim: setting({
    ...row('acl_claim_name', 'The claim that says which topics a client may use; empty for none.'),
    type: text(256, 'text'),
    default: 'acl',
  }),
  disconnectAfterExpire: setting({
    ...row('disconnect_after_expire', 'Whether a connection ends when its token expires.'),
    type: types.onOff,
    default: 'on',
    effect: 'Connections whose token has expired end when it is switched on.',
  }),
};

export type JwtSettings = Values<typeof jwtSettings>;
