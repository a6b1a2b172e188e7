import type { StoredMessage } from '../store/message-codec.ts';

export class RetainedMessages {
  readonly #byTopic = new Map<string, StoredMessage>();
  get size(): number {
    return this.#byTopic.size;
  }
  get(topic: string): StoredMessage | undefined {
    return this.#byTopic.get(topic);
  }
  set(message: StoredMessage): boolean {
    this.#byTopic.set(message.topic, message);
    return true;
  }
  delete(topic: string): boolean {
    return this.#byTopic.delete(topic);
  }
  clear(): void {
    this.#byTopic.clear();
  }
  matching(filter: string): StoredMessage[] {
    const levels = filter.split('/');
    return [...this.#byTopic.values()].filter(({ topic }) => {
      if (topic.startsWith('$') && (filter.startsWith('+') || filter.startsWith('#'))) return false;
      const own = topic.split('/');
      for (let i = 0; i < levels.length; i++) {
        if (levels[i] === '#') return true;
        if (i >= own.length) return false;
        if (levels[i] !== '+' && levels[i] !== own[i]) return false;
      }
      return own.length === levels.length;
    });
  }
}
