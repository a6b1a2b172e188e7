import { type ConnectFields, connectPacket, openWire, type Wire } from '../../broker/wire.ts';
import { eventually, type TestGateway } from '../../support/gateway.ts';

/** A broker that lets nobody in for whom nobody vouches. */
export const CLOSED = 'mqtt: {allow_anonymous: "false"}';

export const ACCEPTED = 0;
export const NOT_AUTHORIZED = 5;

export interface Login {
  readonly clientId?: string;
  readonly username?: string;
  readonly password?: string | Buffer;
}

const fieldsOf = ({ password, ...login }: Login): ConnectFields => ({
  ...login,
  ...(password === undefined ? {} : { password: Buffer.from(password as string) }),
});

/** Connects with a real socket; answers the connection whose CONNACK has return code 0. */
export async function logIn(gateway: TestGateway, login: Login): Promise<Wire> {
  const wire = await openWire(gateway);
  const { returnCode } = await wire.ask(connectPacket(fieldsOf(login)), 'connack');
  if (returnCode !== ACCEPTED) throw new Error(`refused with ${returnCode}`);
  return wire;
}

/** The return code of the CONNACK [MQTT-3.2.2-4]; who is let in leaves at once. */
export async function knock(gateway: TestGateway, login: Login): Promise<number | undefined> {
  const wire = await openWire(gateway);
  const { returnCode } = await wire.ask(connectPacket(fieldsOf(login)), 'connack');
  if (returnCode === ACCEPTED) await wire.disconnect();
  await wire.closed;
  return returnCode;
}

export async function change(gateway: TestGateway, name: string, deed: 'load' | 'unload' | 'reload'): Promise<void> {
  await gateway.gateway.domain.changePlugin(name, deed, null);
}

/** Waits until a client has no connection any more. */
export const gone = (gateway: TestGateway, clientId: string): Promise<void> =>
  eventually(async () => (await gateway.gateway.domain.connection(clientId, null)) === null, `${clientId} to leave`);
