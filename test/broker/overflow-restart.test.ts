import { describe, expect, test, vi } from 'vitest';
import { StoredOutbox } from '../../src/broker/stored-outbox.ts';
import { SessionStore } from '../../src/store/session-store.ts';
import { openStore } from '../../src/store/store.ts';
import { eventually } from '../store/support/eventually.ts';
import { useFolder } from '../store/support/folder.ts';
import { begin, MOST_BYTES, messageOf } from '../store/support/sessions.ts';

const folder = useFolder();
const limits = { maxInflight: 32, maxMqueueLen: 3, maxMqueueBytes: 0 };

const open = async (): Promise<SessionStore> => {
  const { database } = folder.keep(await openStore(folder.data));
  return folder.keep(await SessionStore.open(database));
};

describe('a queue that ran over before its process ended', () => {
  test('has the bytes of the messages that are left, though what was dropped was not accounted for', async () => {
    const store = await open();
    const session = begin(store, 'away');
    const outbox = new StoredOutbox(limits, store, session, () => {});
    // The process ends between the batch that drops and the one that accounts for it.
    const sweep = vi.spyOn(store, 'sweepDropped').mockRejectedValue(new Error('it ended'));
    for (let i = 0; i < 10; i++) {
      outbox.push(messageOf('over', `message ${i}`), '$share/group/over');
      await store.database.flush();
    }
    await eventually(() => sweep.mock.calls.length).toBeGreaterThan(0);
    await store.close();
    await store.database.close();

    const again = await open();
    const stored = again.sessions.get('away')!;
    const later = new StoredOutbox(limits, again, stored, () => {});
    later.push(messageOf('over', 'message 10'), '');
    await eventually(() => stored.unswept).toBe(0);
    const left = await again.queued(stored, 1, 100, MOST_BYTES);
    expect(left.map(({ message }) => message.payload.toString())).toEqual(['message 8', 'message 9', 'message 10']);
    expect(stored.bytes).toBe(left.reduce((sum, { size }) => sum + size, 0));
    expect(stored.shared).toBe(2);
    expect(stored.count).toBe(3);
  });
});
