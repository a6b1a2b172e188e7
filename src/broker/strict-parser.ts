import { isUtf8 } from 'node:buffer';
import type { AedesParser } from './aedes.ts';

/** Protocol levels of MQTT 3.1 and 3.1.1, with the bit of a bridge, and of MQTT 5, which aedes answers by itself. */
const LEVELS = [3, 4, 5, 131, 132];

/** The CONNECT asks for a protocol level that is not served [MQTT-3.1.2-2]. */
export class UnknownLevelError extends Error {
  override readonly name = 'UnknownLevelError';
}

/** Bytes of the packets that have a fixed size. */
const SIZES: Readonly<Record<string, number>> = {
  puback: 2,
  pubrec: 2,
  pubrel: 2,
  pubcomp: 2,
  pingreq: 0,
  disconnect: 0,
};

/** The parser as the library has it. */
const loose = (parser: AedesParser): AedesParser => Object.getPrototypeOf(parser) as AedesParser;

/** A text that is whole, well-formed UTF-8 and without U+0000 [MQTT-1.5.3-1], [MQTT-1.5.3-2]; null, with an error, else. */
function parseText(this: AedesParser): string | null {
  const start = this._pos + 2;
  const text = loose(this)._parseString.call(this);
  if (text === null || this._pos > this.packet.length) return null;
  if (text.includes('\u0000')) return fault(this, 'a text has the character U+0000');
  // Stands in place of what was malformed, and may also have been sent.
  if (text.includes('\ufffd') && !isUtf8(this._list.slice(start, this._pos)))
    return fault(this, 'a text is not in UTF-8');
  return text;
}

function fault(parser: AedesParser, reason: string): null {
  parser._emitError(new Error(reason));
  return null;
}

function parsePayload(this: AedesParser): boolean {
  const { packet } = this;
  const isWhole = this._list.length >= packet.length;
  if (isWhole) {
    const early = faultBefore(this);
    if (early) {
      this._emitError(early);
      return false;
    }
  }
  const isParsed = loose(this)._parsePayload.call(this);
  if (!isParsed || this.error) return isParsed;
  const reason = faultBehind(this);
  if (reason === null) return true;
  this._emitError(new Error(`${packet.cmd}: ${reason}`));
  return false;
}

function faultBefore({ packet, _list: list }: AedesParser): Error | null {
  const size = SIZES[packet.cmd];
  if (size !== undefined && packet.length !== size) {
    return new Error(`${packet.cmd}: ${packet.length} bytes where there are ${size}`);
  }
  if (packet.cmd !== 'connect' || packet.length < 2) return null;
  const at = 2 + list.readUInt16BE(0);
  if (at >= packet.length || !['MQTT', 'MQIsdp'].includes(list.toString('utf8', 2, at))) return null;
  const level = list.readUInt8(at);
  return LEVELS.includes(level) ? null : new UnknownLevelError(`protocol level ${level} is unknown`);
}

function faultBehind({ packet, _pos: end }: AedesParser): string | null {
  const isExact = packet.cmd === 'connect' || packet.cmd === 'subscribe' || packet.cmd === 'unsubscribe';
  if (end > packet.length) return 'its last field is cut off';
  if (isExact && end !== packet.length) return 'bytes behind its last field';
  const isNumbered =
    packet.cmd === 'subscribe' || packet.cmd === 'unsubscribe' || (packet.cmd === 'publish' && packet.qos > 0);
  if (isNumbered && !((packet.messageId ?? 0) > 0)) return 'no packet id'; // [MQTT-2.3.1-1]
  if (packet.cmd === 'publish' && packet.qos === 0 && packet.dup) return 'DUP with QoS 0'; // [MQTT-3.3.1-2]
  if (packet.cmd === 'subscribe' && packet.subscriptions.length === 0) return 'no topic filter'; // [MQTT-3.8.3-3]
  if (packet.cmd === 'unsubscribe' && packet.unsubscriptions.length === 0) return 'no topic filter'; // [MQTT-3.10.3-2]
  if (packet.cmd !== 'connect') return null;
  if (packet.will && packet.will.qos > 2) return 'a will with QoS 3'; // [MQTT-3.1.2-14]
  // [MQTT-3.1.2-22]
  return packet.password !== undefined && packet.username === undefined ? 'a password without a user name' : null;
}

/**
 * Makes a parser of mqtt-packet refuse what the library lets pass: malformed texts, fields beyond the end of their
 * packet, packet ids of 0, wrong sizes; and a packet above `maxSize` bytes as soon as its fixed header is known.
 */
export function makeStrict(parser: AedesParser, maxSize: () => number): void {
  const { _parseLength } = parser;
  parser._parseString = parseText;
  parser._parsePayload = parsePayload;
  parser._parseLength = () => {
    const isKnown = _parseLength.call(parser);
    const { length } = parser.packet;
    if (!isKnown || length <= maxSize()) return isKnown;
    parser._emitError(new Error(`packet of ${length} bytes is above the limit of ${maxSize()}`));
    return false;
  };
}
