import type { GraphQLResolveInfo, SelectionSetNode } from 'graphql';

/** The names of all fields that an operation asks for beneath this one, however deep. */
export function selectedFields({ fieldNodes, fragments }: GraphQLResolveInfo): ReadonlySet<string> {
  const names = new Set<string>();
  const spread = new Set<string>();
  const visit = (selections: SelectionSetNode | undefined): void => {
    for (const selection of selections?.selections ?? []) {
      if (selection.kind === 'FragmentSpread') {
        const { value } = selection.name;
        if (spread.has(value)) continue;
        spread.add(value);
        visit(fragments[value]?.selectionSet);
        continue;
      }
      if (selection.kind === 'Field') names.add(selection.name.value);
      visit(selection.selectionSet);
    }
  };
  for (const { selectionSet } of fieldNodes) visit(selectionSet);
  return names;
}
