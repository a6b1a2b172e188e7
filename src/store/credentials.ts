import { type Accounts, openAccounts } from '../access/accounts.ts';
import type { Store } from './key-space.ts';

/** Makes the part of the accounts of a store that says who may come in; they are read when first asked for. */
export function createCredentials(store: Store): Pick<Accounts, 'verify' | 'bootstrap'> {
  let opening: Promise<Accounts> | null = null;
  let accounts: Accounts | null = null;
  const open = () => {
    opening ??= openAccounts(store).then((opened) => {
      accounts = opened;
      return opened;
    });
    return opening;
  };
  return {
    verify: (...claim) => (accounts ? accounts.verify(...claim) : open().then((opened) => opened.verify(...claim))),
    bootstrap: async (wanted) => (await open()).bootstrap(wanted),
  };
}
