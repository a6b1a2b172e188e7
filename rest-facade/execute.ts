import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import type { GraphQLError } from 'graphql';

/** A JSON value that nobody changes once it is made: constants of a dress are shared between answers. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A value, or a promise of one where a peer has to be asked. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Writes a leaf: the value as the domain holds it (epoch milliseconds for a DateTime, the internal
 * value of an enum), never null, becomes JSON. What it throws fails the operation. A writer states
 * the type that it takes; only one who knows the schema can vouch for a value and call it.
 */
export type WriteLeaf = (internal: never) => Json;

/** How leaves are written by type or field, and keys and constants by release; what a v3 release spells differently. */
export interface Dress {
  /** Written for a null leaf (scalar or enum). Null objects and lists stay null. */
  readonly absent: Json;
  /**
   * By scalar or enum name, or by the coordinate of one field (`Application.expiresAt`), which goes before: internal
   * value → JSON. A type that is not named is serialised as GraphQL does.
   */
  readonly leaves: Readonly<Record<string, WriteLeaf>>;
  /** Response key → key of the answer. Two fields of one object must not meet in one key. */
  readonly key: (responseKey: string) => string;
  /**
   * By object type name: constants added behind the fields of each object of that type, under the
   * keys as they stand here. A field of the answer with the same key wins.
   */
  readonly neutral: Readonly<Record<string, Readonly<Record<string, Json>>>>;
}

/** What an operation came to: the dressed data whole, or why there is none. Never a part of the data. */
export type Outcome<Data> = { readonly data: Data } | { readonly errors: readonly GraphQLError[] };

/**
 * Runs a prepared operation. Answers the outcome itself when no resolver answered a promise;
 * never throws and never rejects for what a resolver did.
 */
export type Operation<Data, Variables> = (variables: Variables, context: unknown) => MaybePromise<Outcome<Data>>;

/** The port through which the facade runs GraphQL. */
export interface Execute {
  /**
   * Validates and compiles the single operation of a document, once. Throws an Error that lists the
   * faults when the document does not fit the schema.
   */
  prepare<Data, Variables>(document: TypedDocumentNode<Data, Variables>, dress: Dress): Operation<Data, Variables>;
}
