/** The releases that REST speaks. */
export const PROFILES = ['3.0-beta', '3.0', '3.1', '3.2'] as const;
export type ProfileName = (typeof PROFILES)[number];

/** The body of a 400 for input that the contract has no answer for. */
export const refused = (profile: ProfileName, sentence: string): unknown =>
  profile === '3.0-beta' ? { message: sentence } : { code: 108, message: sentence };

/** The body of publish and subscribe when they decline; 3.0-beta has no message there. */
export const declined = (profile: ProfileName, code: number, message: string): unknown =>
  profile === '3.0-beta' ? { code } : { code, message };
