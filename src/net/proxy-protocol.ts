import type { Socket } from 'node:net';
import type { AddressSet } from './address-set.ts';
import { normaliseAddress } from './addresses.ts';
import { type PeerAddress, readProxyHeader } from './proxy-header.ts';

export interface ProxiedOptions {
  /** Who speaks the PROXY protocol here, always; of anybody else no byte is looked at. */
  readonly proxies: AddressSet;
  /** Milliseconds from the call within which the header must be there. */
  readonly timeoutMs: number;
}

/**
 * Where a connection that was just accepted comes from. Of a stranger that is known at once. A trusted proxy is read
 * until its header is whole: the promise resolves with the address in it, or the proxy's own when it speaks for itself,
 * and the bytes behind the header are the next ones that the socket gives. Where the header is late or malformed, or
 * the socket ends before it, the socket is destroyed and the promise rejects with a sentence.
 * Call it in the turn of `connection`, before anything else listens to the socket.
 */
export function acceptProxied(
  socket: Socket,
  { proxies, timeoutMs }: ProxiedOptions,
): PeerAddress | Promise<PeerAddress> {
  const own = { address: normaliseAddress(socket.remoteAddress ?? ''), port: socket.remotePort ?? 0 };
  return proxies.has(own.address) ? readSource(socket, timeoutMs).then((source) => source ?? own) : own;
}

function readSource(socket: Socket, timeoutMs: number): Promise<PeerAddress | null> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);

    const stop = (): void => {
      clearTimeout(timer);
      socket.off('readable', read).off('error', refuse).off('end', leave).off('close', leave);
    };
    const refuse = (error: unknown): void => {
      stop();
      socket.destroy();
      reject(error);
    };
    const leave = (): void => refuse(new Error('the connection ended before its PROXY header'));
    const read = (): void => {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
      try {
        const header = readProxyHeader(bytes);
        if (header === null) return;
        stop();
        if (bytes.length > header.length) socket.unshift(bytes.subarray(header.length));
        resolve(header.source);
      } catch (error) {
        refuse(error);
      }
    };

    // Stays: an error that comes before the next owner listens would be thrown.
    socket.on('error', () => {});
    // Node.js keeps timers of one duration in one list, so that many of these are cheap.
    const timer = setTimeout(
      () => refuse(new Error(`the PROXY header was not there within ${timeoutMs} ms`)),
      timeoutMs,
    );
    socket.on('readable', read).on('error', refuse).on('end', leave).on('close', leave);
  });
}
