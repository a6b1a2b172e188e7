import { connect } from 'node:net';
import { CommandRefusal } from './command-refusal.ts';
import { checkOwnFolder, controlAddress } from './control-address.ts';
import { type Order, type Reply, replySchema } from './order.ts';

/** A list of 10 000 accounts with the longest texts is shorter. */
const MOST_BYTES = 64 * 1024 * 1024;
/** Milliseconds without a byte; the running process may have other secrets to derive before this one. */
const PATIENCE = 30_000;

/** Nobody takes orders there: no socket, one that a killed process left, or a file system that cannot have any. */
const NOBODY = ['ENOENT', 'ENOTDIR', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTSUP', 'EOPNOTSUPP'];

const noAnswer = (): CommandRefusal =>
  new CommandRefusal('the running process gave no answer; look whether it was done, and try again');

const codeOf = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? '';

/**
 * Gives an order to the process that has this data folder open, and answers its reply; null when nobody takes orders
 * there. Rejects with CommandRefusal when the process does not answer, or the socket is closed to this user.
 */
export async function askControl(folder: string, order: Order): Promise<Reply | null> {
  try {
    const address = await controlAddress(folder);
    await checkOwnFolder(address, folder);
    return replyOf(await exchange(address.path, `${JSON.stringify(order)}\n`));
  } catch (error) {
    if (NOBODY.includes(codeOf(error))) return null;
    if (codeOf(error) === 'EACCES' || codeOf(error) === 'EPERM') {
      throw new CommandRefusal(`data folder '${folder}' is closed to this user; run the command as its owner`);
    }
    throw error;
  }
}

function exchange(path: string, line: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    let isThere = false;
    let isLost = false;
    const socket = connect(path, () => {
      isThere = true;
      socket.write(line);
    });
    socket.setTimeout(PATIENCE, () => socket.destroy());
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MOST_BYTES) socket.destroy();
    });
    socket.on('error', (error) => {
      isLost = true;
      reject(isThere ? noAnswer() : error);
    });
    socket.on('close', () => {
      if (!isLost) resolve(Buffer.concat(chunks).toString());
    });
  });
}

function replyOf(text: string): Reply {
  if (!text.endsWith('\n')) throw noAnswer();
  return replySchema.parse(JSON.parse(text));
}
