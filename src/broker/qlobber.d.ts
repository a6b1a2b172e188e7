declare module 'qlobber' {
  interface Options {
    readonly wildcard_one: string;
    readonly wildcard_some: string;
    readonly separator: string;
    readonly match_empty_levels?: boolean;
  }
  export class Qlobber<Value> {
    constructor(options: Options);
    add(topic: string, value: Value): this;
    remove(topic: string, value?: Value): this;
    match(topic: string): Value[];
  }
}

declare module 'qlobber/aedes/qlobber-sub.js' {
  interface Subscriber {
    readonly clientId: string;
    readonly topic: string;
    readonly qos: number;
  }
  export default class QlobberSub {
    constructor(options: object);
    add(topic: string, subscriber: Subscriber): this;
    remove(topic: string, subscriber: Omit<Subscriber, 'qos'>): this;
    match(topic: string): Subscriber[];
    readonly subscriptionsCount: number;
  }
}
