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
