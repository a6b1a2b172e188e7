import type { ClientInfo } from '../../broker/hooks.ts';

type Names = Pick<ClientInfo, 'clientId' | 'username'>;

const PLACEHOLDER = /%[cu]/g;

/** Puts the client id for %c and the user name for %u, once; null when a client without a user name would need one. */
export function fillIn(text: string, { clientId, username }: Names): string | null {
  if (username === null && text.includes('%u')) return null;
  return text.replace(PLACEHOLDER, (mark) => (mark === '%c' ? clientId : (username ?? '')));
}

export const hasPlaceholder = (text: string): boolean => text.includes('%c') || text.includes('%u');
