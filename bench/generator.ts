import { Caller } from './caller.ts';
import { knock } from './knocker.ts';
import type { LoadAnswer, Measured, Order } from './load.ts';
import { arriveAll } from './newcomer.ts';
import { publish } from './publisher.ts';
import { subscribe } from './subscriber.ts';

/** The process that makes the load, on a core of its own where there are two. */

type Call = Extract<Order, { order: 'call' }>;

async function call({ port, request, inFlight, milliseconds }: Call): Promise<Measured> {
  const callers = await Promise.all(Array.from({ length: inFlight }, () => Caller.connect(port, request)));
  const start = performance.now();
  const end = start + milliseconds;
  let requests = 0;
  const callUntilEnd = async (caller: Caller): Promise<void> => {
    do {
      await caller.call();
      requests += 1;
    } while (performance.now() < end);
  };
  await Promise.all(callers.map(callUntilEnd));
  const elapsed = performance.now() - start;
  for (const caller of callers) caller.close();
  return { answer: 'measured', requests, elapsed };
}

async function obey(order: Order): Promise<LoadAnswer> {
  try {
    if (order.order === 'call') return await call(order);
    if (order.order === 'arrive') return await arriveAll(order);
    if (order.order === 'publish') return { answer: 'published', latencies: await publish(order) };
    if (order.order === 'knock') return { answer: 'knocked', ...(await knock(order)) };
    await Promise.all(Array.from({ length: order.subscribers }, (_, i) => subscribe(order, `subscriber-${i}`)));
    return { answer: 'subscribed' };
  } catch (error) {
    return { answer: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
}

process.on('message', async (order: Order) => process.send?.(await obey(order)));
process.on('disconnect', () => process.exit());
