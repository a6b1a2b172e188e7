import { badInput } from '../../domain.ts';
import { isSystemTopic, reservedTopic } from '../topics.ts';

/** When a message is to be published, and where. */
export interface Delay {
  readonly seconds: number;
  readonly topic: string;
}

const PREFIX = '$delayed/';

/** Seconds; EMQ X 3: the longest delay. */
const LONGEST = 4_294_967;

/** Whether a topic asks for a delay, well-formed or not. */
export const isDelaying = (topic: string): boolean => topic.charCodeAt(0) === 36 && topic.startsWith(PREFIX);

/**
 * What `$delayed/<seconds>/<topic>` asks for. Refuses with BAD_USER_INPUT what is no such topic, a delay of a delay, and
 * a topic of the broker's own.
 */
export function readDelay(topic: string): Delay {
  const slash = topic.indexOf('/', PREFIX.length);
  const digits = slash < 0 ? '' : topic.slice(PREFIX.length, slash);
  const target = topic.slice(slash + 1);
  const seconds = /^\d{1,7}$/.test(digits) ? Number(digits) : Number.NaN;
  if (!(seconds <= LONGEST) || target === '') {
    throw badInput('topic', topic, `$delayed/<seconds>/<topic> with 0 to ${LONGEST} seconds`);
  }
  if (isDelaying(target)) throw badInput('topic', topic, 'delayed once');
  if (isSystemTopic(target)) throw reservedTopic(target);
  return { seconds, topic: target };
}
