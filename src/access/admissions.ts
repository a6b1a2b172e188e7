import type { EndReason } from './accounts.ts';
import type { Principal } from './principal.ts';

/** What is held open for callers who were let in: WebSockets and event streams. */
export interface Admissions {
  /**
   * Holds something open for a principal. `end` is called once, with the reason, as soon as the principal would not be
   * let in as it was: at once for a change, within half a second for an expiry, in the next turn for a principal that
   * is out of date already. Answers what is to be called when the thing closes by itself.
   */
  enter(principal: Principal, end: (reason: EndReason) => void): () => void;
  /** Ends what has no right to be open any more; to be called after accounts or sign-ins changed. */
  review(): void;
  readonly count: number;
  /** Stops watching expiries; what is open stays open. */
  close(): void;
}

export interface AdmissionsOptions {
  /** Answers why somebody who was let in is let in no more, or null. */
  readonly objection: (principal: Principal) => EndReason | null;
  /** Told what an `end` threw. */
  readonly onFault: (fault: unknown) => void;
}

/** Milliseconds between two looks at the clock; expiries are wall time, which may jump. */
const INTERVAL = 500;

interface Admission {
  readonly principal: Principal;
  readonly end: (reason: EndReason) => void;
}

/** Makes the register of what is open; one timer, which runs while there is something, watches all of it. */
export function createAdmissions({ objection, onFault }: AdmissionsOptions): Admissions {
  const open = new Set<Admission>();
  let timer: NodeJS.Timeout | null = null;

  const watch = (): void => {
    timer ??= setInterval(review, INTERVAL).unref();
  };

  const rest = (): void => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };

  const leave = (admission: Admission): void => {
    open.delete(admission);
    if (open.size === 0) rest();
  };

  const judge = (admission: Admission): void => {
    const reason = objection(admission.principal);
    if (reason === null) return;
    leave(admission);
    try {
      admission.end(reason);
    } catch (fault) {
      onFault(fault);
    }
  };

  function review(): void {
    for (const admission of open) judge(admission);
  }

  return {
    enter(principal, end) {
      const admission: Admission = { principal, end };
      open.add(admission);
      watch();
      // Its account may have changed since it was verified, and that review is over.
      queueMicrotask(() => {
        if (open.has(admission)) judge(admission);
      });
      return () => leave(admission);
    },
    review,
    get count() {
      return open.size;
    },
    close: rest,
  };
}
