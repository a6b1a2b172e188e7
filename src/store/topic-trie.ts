interface Node {
  readonly children: Map<string, Node>;
  isTopic: boolean;
}

const nodeOf = (): Node => ({ children: new Map(), isTopic: false });

/** A set of topics that answers which of them match a filter, without looking at the others. */
export class TopicTrie {
  readonly #root = nodeOf();

  add(topic: string): void {
    let node = this.#root;
    for (const level of topic.split('/')) {
      const next = node.children.get(level) ?? nodeOf();
      node.children.set(level, next);
      node = next;
    }
    node.isTopic = true;
  }

  delete(topic: string): void {
    const path: [Node, string][] = [];
    let node = this.#root;
    for (const level of topic.split('/')) {
      path.push([node, level]);
      const next = node.children.get(level);
      if (!next) return;
      node = next;
    }
    node.isTopic = false;
    for (const [parent, level] of path.reverse()) {
      const child = parent.children.get(level);
      if (!child || child.isTopic || child.children.size > 0) return;
      parent.children.delete(level);
    }
  }

  /** Topics that match a filter; one that begins with a wildcard matches none that begins with `$` [MQTT-4.7.2-1]. */
  match(topicFilter: string): Generator<string> {
    return matchIn(this.#root, topicFilter.split('/'), []);
  }
}

/** Topics below a node, which lies at `path`, that match the levels of a filter behind those of the path. */
function* matchIn(node: Node, levels: readonly string[], path: readonly string[]): Generator<string> {
  const [level, ...rest] = levels;
  // `a/#` matches `a` too [MQTT-4.7.1-2].
  if (node.isTopic && (level === undefined || level === '#')) yield path.join('/');
  if (level === undefined) return;
  if (level !== '#' && level !== '+') {
    const child = node.children.get(level);
    if (child) yield* matchIn(child, rest, [...path, level]);
    return;
  }
  for (const [name, child] of node.children) {
    if (path.length === 0 && name.startsWith('$')) continue;
    yield* matchIn(child, level === '#' ? levels : rest, [...path, name]);
  }
}
