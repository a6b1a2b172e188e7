import { both, credential, setting } from './setting.ts';
import * as types from './setting-types.ts';

/** Settings of who may call: accounts of the first start, sign-ins and the audit log. */
export const accountSettings = {
  app: both({
    id: credential({
      path: 'app.id',
      env: 'BROKERQL_APP_ID',
      type: types.accountName,
      secret: false,
      needsRestart: true,
      description: 'Id of an application that exists after every start; made when it is not there.',
    }),
    secret: credential({
      path: 'app.secret',
      env: 'BROKERQL_APP_SECRET',
      type: types.secretText,
      secret: true,
      needsRestart: true,
      description: 'Secret of that application.',
    }),
  }),
  admin: both({
    user: credential({
      path: 'admin.user',
      env: 'BROKERQL_ADMIN_USER',
      type: types.accountName,
      secret: false,
      needsRestart: true,
      description: 'Name of a dashboard user that exists after every start; made when it is not there.',
    }),
    password: credential({
      path: 'admin.password',
      env: 'BROKERQL_ADMIN_PASSWORD',
      type: types.secretText,
      secret: true,
      needsRestart: true,
      description: 'Password of that user.',
    }),
  }),
  auth: {
    idle: setting({
      path: 'auth.idle',
      env: null,
      flag: null,
      type: types.whole(1, 31_536_000, 'seconds'),
      default: 3600,
      description: 'How long a dashboard sign-in lasts without a request.',
    }),
    lifetime: setting({
      path: 'auth.lifetime',
      env: null,
      flag: null,
      type: types.whole(1, 31_536_000, 'seconds'),
      default: 43_200,
      description: 'How long a dashboard sign-in lasts in any case.',
      effect:
        'Nothing. Who is signed in keeps the cookie that was given then: a longer lifetime does not lengthen its Max-Age.',
    }),
  },
  audit: {
    maxEntries: setting({
      path: 'audit.max_entries',
      env: null,
      flag: null,
      type: types.whole(1, 1_000_000, 'entries'),
      default: 10_000,
      description: 'Most entries of the audit log; the oldest leave first.',
    }),
  },
};
