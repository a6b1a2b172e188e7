import type { TypedDocumentNode } from '@graphql-typed-document-node/core';
import { type DirectiveNode, type DocumentNode, Kind, visit } from 'graphql';
import type { RestRelease } from './__generated__/operations.ts';

const order: readonly RestRelease[] = ['V3_0_BETA', 'V3_0', 'V3_1', 'V3_2'];

export interface Span {
  readonly since?: RestRelease;
  readonly until?: RestRelease;
}

/** Whether a release lies within a span, both ends included. */
export function isWithin({ since, until }: Span, release: RestRelease): boolean {
  const place = order.indexOf(release);
  return place >= (since ? order.indexOf(since) : 0) && place <= (until ? order.indexOf(until) : order.length);
}

function spanOf(directive: DirectiveNode): Span {
  const entries = (directive.arguments ?? []).map(({ name, value }) => [
    name.value,
    value.kind === Kind.ENUM ? value.value : undefined,
  ]);
  return Object.fromEntries(entries);
}

/** The document of a row as one release has it: plain GraphQL without the fields of other releases. */
export function forRelease<Data, Variables>(
  document: TypedDocumentNode<Data, Variables>,
  release: RestRelease,
): TypedDocumentNode<Data, Variables> {
  return visit(document as DocumentNode, {
    Field: (node) => {
      const directive = node.directives?.find(({ name }) => name.value === 'release');
      if (!directive) return undefined;
      if (!isWithin(spanOf(directive), release)) return null;
      return { ...node, directives: node.directives?.filter((other) => other !== directive) ?? [] };
    },
  }) as TypedDocumentNode<Data, Variables>;
}
