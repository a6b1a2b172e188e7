import type { SessionStore } from '../store/session-store.ts';

/**
 * The store as aedes may use it: of the filters of a SUBSCRIBE only those in `granted` are stored, each once. Of its
 * own aedes stores all of them for each one that was granted, and the next CONNECT would bring what was refused.
 */
export function createGrantedStore(store: SessionStore, granted: WeakSet<object>): SessionStore {
  const methods = new Map<PropertyKey, unknown>();
  const addSubscriptions: SessionStore['addSubscriptions'] = (client, subscriptions) =>
    store.addSubscriptions(
      client,
      subscriptions.filter((subscription) => granted.delete(subscription)),
    );
  methods.set('addSubscriptions', addSubscriptions);
  return new Proxy(store, {
    get(target, name) {
      const known = methods.get(name);
      if (known) return known;
      const value: unknown = Reflect.get(target, name, target);
      if (typeof value !== 'function') return value;
      const method: unknown = value.bind(target);
      methods.set(name, method);
      return method;
    },
  });
}
