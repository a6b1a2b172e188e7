/** One level of the topics that are kept: names from the wire are keys of a Map, so `__proto__` is one like any other. */
interface Node<Value> {
  readonly parent: Node<Value> | null;
  readonly level: string;
  children: Map<string, Node<Value>> | null;
  value: Value | undefined;
}

/** Whether no wildcard in the first level matches this one [MQTT-4.7.2-1]. */
const isReserved = (level: string): boolean => level.startsWith('$');

/** A place that is still to be looked at: what stands there, and the level of the filter that it has to match. */
interface Step<Value> {
  readonly node: Node<Value>;
  readonly at: number;
}

/**
 * Values by topic name, found by topic filter. A name costs its levels, at any size; a filter costs the names that
 * could still match, level by level [MQTT-4.7.1]. Nothing here recurses: a topic may have 65 536 levels.
 */
export class TopicTrie<Value> {
  readonly #root: Node<Value> = { parent: null, level: '', children: null, value: undefined };
  #levels = 0;

  /** Levels that are kept, one that several topics share counted once. */
  get levels(): number {
    return this.#levels;
  }

  set(topic: string, value: Value): void {
    let node = this.#root;
    for (const level of topic.split('/')) {
      node.children ??= new Map();
      let child = node.children.get(level);
      if (child === undefined) {
        child = { parent: node, level, children: null, value: undefined };
        node.children.set(level, child);
        this.#levels++;
      }
      node = child;
    }
    node.value = value;
  }

  /** Removes the value, and every level that leads to no other. */
  delete(topic: string): void {
    let node: Node<Value> | undefined = this.#root;
    for (const level of topic.split('/')) {
      node = node.children?.get(level);
      if (node === undefined) return;
    }
    node.value = undefined;
    let last: Node<Value> = node;
    while (last.parent !== null && last.value === undefined && last.children === null) {
      const { parent, level } = last;
      parent.children?.delete(level);
      this.#levels--;
      if (parent.children?.size === 0) parent.children = null;
      last = parent;
    }
  }

  /**
   * The values of the topics that match, in no order to rely on; null where more than `most` levels would have to be
   * looked at, without end when it is not given.
   */
  match(filter: string, most = Number.POSITIVE_INFINITY): Value[] | null {
    const levels = filter.split('/');
    const found: Value[] = [];
    const steps: Step<Value>[] = [{ node: this.#root, at: 0 }];
    let seen = 1;
    for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
      const { node, at } = step;
      const level = levels[at];
      // `#` stands for the parent level too [MQTT-4.7.1-2].
      if ((level === undefined || level === '#') && node.value !== undefined) found.push(node.value);
      if (level === '#' || level === '+') {
        seen += node.children?.size ?? 0;
        if (seen > most) return null;
        for (const [name, child] of node.children ?? []) {
          if (node.parent !== null || !isReserved(name)) steps.push({ node: child, at: level === '#' ? at : at + 1 });
        }
      } else if (level !== undefined) {
        const child = node.children?.get(level);
        if (child !== undefined) steps.push({ node: child, at: at + 1 });
      }
    }
    return found;
  }
}
