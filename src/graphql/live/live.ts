import { createHash } from 'node:crypto';
import {
  createSourceEventStream,
  type ExecutionArgs,
  type ExecutionResult,
  execute,
  type GraphQLError,
  getOperationAST,
  print,
} from 'graphql';
import type { Context } from '../../../resolvers/context.ts';
import { LiveSource } from '../../../resolvers/live-source.ts';
import { isPromise, type MaybePromise } from '../../domain.ts';
import { type LogFault, maskError } from '../errors.ts';
import { Beats } from './beats.ts';
import { Channel } from './channel.ts';
import type { Framing } from './framing.ts';
import { Outlet, type OutletLimits } from './outlet.ts';
import { SharedSources } from './shared-sources.ts';
import { TurnEnd } from './turn-end.ts';
import type { Writer } from './writer.ts';

export interface LiveOptions {
  readonly limits: OutletLimits;
  readonly logFault: LogFault;
  /** Milliseconds between two signs of life of what is open; `beats.restart` is to be called when they are others. */
  readonly keepalive: number;
}

/** What is executed: a subscription of a valid document, for a caller. */
export interface LiveArgs extends ExecutionArgs {
  readonly contextValue: Context;
}

/** What those who share an execution have in common: all that a resolver may look at. */
const sharedContext = ({ domain, access, limits, caller }: Context): Context => ({
  domain,
  access,
  limits,
  caller: {
    principal: caller.principal && { ...caller.principal, signInId: null },
    address: '',
    userAgent: null,
    via: caller.via,
    setSignInToken: null,
  },
});

/** Answers what `work` does, and tells how many milliseconds it took. */
function timed<T>(work: () => T, tell: (milliseconds: number) => void): T {
  const start = performance.now();
  const done = work();
  tell(performance.now() - start);
  return done;
}

/** A payload as JSON, without the braces around it. */
const inner = (payload: ExecutionResult): string => JSON.stringify(payload).slice(1, -1);

/** The values of the variables that the operation has, in its order: others mean nothing. */
function ownVariables({ document, operationName, variableValues }: LiveArgs): Record<string, unknown> {
  const { variableDefinitions = [] } = getOperationAST(document, operationName) ?? {};
  const names = variableDefinitions.map(({ variable }) => variable.name.value);
  const given = new Map(Object.entries(variableValues ?? {}));
  return Object.fromEntries(names.filter((name) => given.has(name)).map((name) => [name, given.get(name)]));
}

/** Fields of an object by name: in which order they came means nothing. */
const inOrder = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** Names an execution: document, variables and principal. */
function keyOf({ document, operationName, variableValues, contextValue }: LiveArgs): string {
  const { principal, via } = contextValue.caller;
  const caller = [via, principal?.kind, principal?.name, principal?.role];
  const text = JSON.stringify([caller, operationName ?? null, variableValues, print(document)], inOrder);
  return createHash('sha256').update(text).digest('base64');
}

/**
 * Live subscriptions, whatever door they come through. Each distinct one of document, variables and principal is
 * executed once for all who follow it.
 */
export class Live {
  readonly turnEnd = new TurnEnd();
  /** When clients are given, and asked for, signs of life. */
  readonly beats: Beats;
  readonly #options: LiveOptions;
  readonly #channels = new Map<string, Channel>();
  readonly #sources = new SharedSources();

  constructor(options: LiveOptions) {
    this.#options = options;
    this.beats = new Beats(() => options.keepalive);
  }

  /** What is open now: executions, and sources that several may share. */
  get counts(): { readonly executions: number; readonly sources: number } {
    return { executions: this.#channels.size, sources: this.#sources.size };
  }

  /** A subscriber that is written to by `writer`. */
  outlet(framing: Framing, writer: Writer): Outlet {
    const { limits, logFault } = this.#options;
    const tellErrors = (error: unknown): string => JSON.stringify([maskError(error, logFault)]);
    return new Outlet({ framing, writer, limits, tellErrors });
  }

  /**
   * Lets a subscriber follow. Its field is asked for its source each time, so that nobody profits from what another one
   * may. Answers the errors, masked, when it may not.
   */
  async follow(args: LiveArgs, outlet: Outlet): Promise<readonly GraphQLError[] | null> {
    try {
      const source = await createSourceEventStream(args);
      if (!(source instanceof LiveSource)) return this.#masked((source as ExecutionResult).errors ?? []);
      if (!outlet.isEnded) this.#channelOf(args, source).join(outlet);
      return null;
    } catch (fault) {
      outlet.end();
      return this.#masked([fault]);
    }
  }

  #channelOf(args: LiveArgs, source: LiveSource<unknown>): Channel {
    // All that is kept of the request.
    const kept = { ...args, variableValues: ownVariables(args), contextValue: sharedContext(args.contextValue) };
    const key = keyOf(kept);
    const known = this.#channels.get(key);
    if (known) return known;
    const { onExecuted } = source;
    const execute = (value: unknown): MaybePromise<string> => this.#execute({ ...kept, rootValue: value });
    const channel = new Channel({
      source,
      turnEnd: this.turnEnd,
      execute: onExecuted ? (value) => timed(() => execute(value), onExecuted) : execute,
      open: this.#sources.opening(source),
      onEmpty: () => this.#channels.delete(key),
    });
    this.#channels.set(key, channel);
    return channel;
  }

  #execute(args: ExecutionArgs): MaybePromise<string> {
    const fail = (fault: unknown): string => inner({ errors: this.#masked([fault]) });
    const finish = ({ errors, data = null }: ExecutionResult): string =>
      inner(errors ? { errors: this.#masked(errors), data } : { data });
    try {
      const result = execute(args);
      return isPromise(result) ? result.then(finish).catch(fail) : finish(result);
    } catch (fault) {
      return fail(fault);
    }
  }

  #masked(errors: readonly unknown[]): GraphQLError[] {
    return errors.map((error) => maskError(error, this.#options.logFault));
  }
}
