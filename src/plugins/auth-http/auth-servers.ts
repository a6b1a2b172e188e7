import type { AlarmPort } from '../../alarms/alarm.ts';
import type { Log } from '../../log.ts';
import { Breaker } from '../../net/breaker.ts';
import { type Outbound, type OutboundAnswer, OutboundError, type OutboundRequest } from '../../net/outbound.ts';

export interface AuthServersOptions {
  readonly origins: ReadonlySet<string>;
  readonly outbound: Outbound;
  readonly alarms: AlarmPort;
  readonly log: Log;
  readonly resends: number;
  readonly failures: number;
  /** Milliseconds. */
  readonly firstWait: number;
  readonly longestWait: number;
}

/** The servers that are asked about clients, each left alone for a while when it fails. */
export class AuthServers {
  readonly #outbound: Outbound;
  readonly #resends: number;
  readonly #breakers: ReadonlyMap<string, Breaker>;

  constructor({ origins, outbound, alarms, log, resends, ...waits }: AuthServersOptions) {
    this.#outbound = outbound;
    this.#resends = resends;
    this.#breakers = new Map(
      Array.from(origins, (origin) => [
        origin,
        new Breaker({
          ...{ ...waits, alarms, alarm: { id: `auth_http_down:${origin}`, title: 'Authentication server down' } },
          onChange: (isOpen, error) => {
            if (isOpen) log.warn({ server: origin, reason: error?.message }, 'an authentication server is down');
            else log.info({ server: origin }, 'an authentication server answers again');
          },
        }),
      ]),
    );
  }

  /**
   * Answers what a server says, below 500. Rejects when it says nothing, 500 or more, or sends the caller elsewhere; the
   * message has no secret.
   */
  ask(request: OutboundRequest): Promise<OutboundAnswer> {
    const { origin } = request.url;
    const breaker = this.#breakers.get(origin);
    if (!breaker) throw new Error(`${origin} is no server of this plugin`);
    return breaker.run(async () => {
      const answer = await this.#outbound.request({ ...request, resends: this.#resends });
      const { status } = answer;
      if (status >= 500) throw new OutboundError(`${origin} answered ${status}`);
      if (status >= 300 && status < 400)
        throw new OutboundError(`${origin} answered ${status}, and redirects are not followed`);
      return answer;
    });
  }

  /** Whoever asks until `isOver` resolves gets an answer, and nobody when it is null. */
  async close(isOver: Promise<unknown> | null): Promise<void> {
    for (const breaker of this.#breakers.values()) breaker.end();
    await isOver;
    await this.#outbound.close();
  }

  /** Clears the alarms of servers that are asked no more: all but those which `next` asks. */
  clearAlarms(next: AuthServers | undefined): void {
    const asked = next ? next.#breakers : new Map();
    for (const [origin, breaker] of this.#breakers) if (!asked.has(origin)) breaker.clearAlarm();
  }
}
