import { expect } from 'vitest';
import { startGateway, type TestGateway } from '../../support/gateway.ts';

export const PROFILES = ['3.0-beta', '3.0', '3.1', '3.2'] as const;
export type ProfileName = (typeof PROFILES)[number];

/** A gateway whose REST API answers like this release. */
export const startProfile = (profile: ProfileName): Promise<TestGateway> =>
  startGateway('', { BROKERQL_REST_PROFILE: profile });

/** The expected value of a release: 3.0-beta answers bare values, 3.0 and later a `code` with them. */
export const spelled = (profile: ProfileName, beta: unknown, later: unknown): unknown =>
  profile === '3.0-beta' ? beta : later;

/** What no row answers. */
export const NOT_FOUND = { status: 404, text: 'Not found.' };

/** `YYYY-MM-DD HH:MM:SS`. */
export const LOCAL_TIME: unknown = expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
export const ANY_NUMBER: unknown = expect.any(Number);

/** A change that has nothing to say. */
export const done = (profile: ProfileName): unknown => ({ status: 200, json: spelled(profile, 'ok', { code: 0 }) });

/** A request that cannot be meant so. */
export const refusedInput = (profile: ProfileName, message: string): unknown => ({
  status: 400,
  json: spelled(profile, { message }, { code: 108, message }),
});

/** A caller whose role is too low. */
export const forbidden = (profile: ProfileName, message: string): unknown => ({
  status: 403,
  json: spelled(profile, { message }, { code: 102, message }),
});

/** How the dashboard refuses: with a code in 3.0 alone, and some words have changed since. */
export const refusedByDashboard = (profile: ProfileName, word: string, wordSince31 = word): unknown =>
  ({
    '3.0-beta': { status: 500, json: { message: word } },
    '3.0': { status: 200, json: { code: 102, message: word } },
    '3.1': { status: 200, json: { message: wordSince31 } },
    '3.2': { status: 200, json: { message: wordSince31 } },
  })[profile];
