/** A row of a page of connections, and its figures. */
export interface Row {
  readonly clientId: string;
  readonly messagesReceived?: number;
}

/** A snapshot or a patch of such a page. */
export interface Update {
  readonly __typename: string;
  readonly items?: readonly Row[];
  readonly meta?: { readonly count: number };
  readonly orderIsExact: boolean;
  readonly removed?: readonly Row[];
  readonly added?: readonly { readonly index: number; readonly item: Row }[];
  readonly changed?: readonly Row[];
  readonly count?: number;
}

/** A table as a client keeps it: by what it is told alone. */
export class Table {
  rows: Row[] = [];
  count = 0;

  apply({ items, meta, removed = [], added = [], changed = [], count = 0 }: Update): void {
    if (items) {
      this.rows = [...items];
      this.count = meta?.count ?? 0;
      return;
    }
    this.rows = this.rows.filter(({ clientId }) => !removed.some((gone) => gone.clientId === clientId));
    for (const { index, item } of added) this.rows.splice(index, 0, item);
    this.rows = this.rows.map((row) => changed.find(({ clientId }) => clientId === row.clientId) ?? row);
    this.count = count;
  }

  get names(): string[] {
    return this.rows.map(({ clientId }) => clientId);
  }
}
