import { connect, type Socket } from 'node:net';
import mqttPacket, { type IConnectPacket, type Packet } from 'mqtt-packet';

/** A CONNECT of a bridge, which mqtt-packet's types leave out. */
interface BridgeConnect extends IConnectPacket {
  readonly bridgeMode: true;
}

/** An MQTT client that sends the packets it is told to and answers none. */
export class RawClient {
  readonly socket: Socket;
  readonly #received: Packet[] = [];
  readonly #waiting: { cmd: string; resolve: (packet: Packet) => void }[] = [];

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1');
    const parser = mqttPacket.parser();
    parser.on('packet', (packet) => {
      const index = this.#waiting.findIndex(({ cmd }) => cmd === packet.cmd);
      const [waiting] = index < 0 ? [] : this.#waiting.splice(index, 1);
      if (waiting) waiting.resolve(packet);
      else this.#received.push(packet);
    });
    this.socket.on('data', (chunk) => parser.parse(chunk));
  }

  send(packet: Packet | BridgeConnect): void {
    this.socket.write(mqttPacket.generate(packet));
  }

  /** Resolves with the next packet of this type, one that came already included. */
  next(cmd: Packet['cmd']): Promise<Packet> {
    const index = this.#received.findIndex((packet) => packet.cmd === cmd);
    const [packet] = index < 0 ? [] : this.#received.splice(index, 1);
    return packet ? Promise.resolve(packet) : new Promise((resolve) => this.#waiting.push({ cmd, resolve }));
  }

  end(): void {
    this.socket.destroy();
  }
}
