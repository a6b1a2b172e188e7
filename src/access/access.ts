import type { Store } from '../store/key-space.ts';
import { type Accounts, openAccounts } from './accounts.ts';
import { type Admissions, createAdmissions } from './admissions.ts';
import { type AuditLog, openAuditLog } from './audit-log.ts';
import type { Derive } from './derivation.ts';
import { createFailureLog, type FailureReport } from './failure-log.ts';
import { createLogIn, type LogIn } from './log-in.ts';
import type { SignIns } from './sign-in.ts';
import { openSignIns } from './sign-ins.ts';
import { createThrottle } from './throttle.ts';

/** Who may come in, who is in, and who did what. */
export interface Access {
  readonly accounts: Accounts;
  readonly logIn: LogIn;
  readonly signIns: SignIns;
  readonly admissions: Admissions;
  readonly audit: AuditLog;
  /** Stops timers and writes what is still to be written; to be called before the store closes. */
  close(): Promise<void>;
}

export interface AccessOptions {
  /** Told of writes that failed, and of what an `end` of an admission threw. */
  readonly onFault: (fault: unknown) => void;
  /** Told of failed logins, at most once a second for an address. */
  readonly onFailures: (failures: FailureReport) => void;
  /** Milliseconds; see `SignInsOptions`. Read whenever it is needed, as the next two are. */
  readonly idle?: number | undefined;
  /** Milliseconds; see `SignInsOptions`. */
  readonly lifetime?: number | undefined;
  /** Entries of the audit log; see `AuditLogOptions`. */
  readonly auditEntries?: number | undefined;
  /** How keys are derived; scrypt unless given. */
  readonly derive?: Derive;
}

/** Reads accounts, sign-ins and the audit log of a store, and ties them together. */
export async function openAccess(store: Store, options: AccessOptions): Promise<Access> {
  const { onFault, onFailures, derive } = options;
  const accounts = await openAccounts(store, {
    ...(derive && { derive }),
    changed() {
      signIns.prune();
      admissions.review();
    },
  });
  const failureLog = createFailureLog(onFailures);
  const logIn = createLogIn({ accounts, throttle: createThrottle(), failureLog });
  const admissions = createAdmissions({
    objection: (principal) => accounts.objection(principal) ?? signIns.objection(principal),
    onFault,
  });
  const signIns = await openSignIns(store, {
    accounts,
    logIn: (name, password, address) => logIn('user', name, password, address),
    ended: () => admissions.review(),
    onFault,
    get idle() {
      return options.idle;
    },
    get lifetime() {
      return options.lifetime;
    },
  });
  const audit = await openAuditLog(store, {
    onFault,
    get entries() {
      return options.auditEntries;
    },
  });

  return {
    accounts,
    logIn,
    signIns,
    admissions,
    audit,
    async close() {
      admissions.close();
      failureLog.close();
      await Promise.all([signIns.close(), audit.close()]);
    },
  };
}
