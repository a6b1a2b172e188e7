import type { BrokerError } from '../src/domain.ts';
import type { Fault } from './__generated__/resolvers.ts';

/** A refusal as the fault of one item: GraphQL takes an Error that stands in place of a value for a thrown one. */
export const fault = ({ code, message }: BrokerError): Fault => ({ code, message });
