import {
  GraphQLError,
  type GraphQLScalarType,
  type GraphQLScalarTypeConfig,
  Kind,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import type { Resolvers } from './__generated__/resolvers.ts';

const refuse = (message: string): never => {
  throw new GraphQLError(message);
};

const text = (node: ValueNode, type: string): string =>
  node.kind === Kind.STRING ? node.value : refuse(`${type} must be a string`);

type Coercion<Internal, External> = Required<
  Pick<GraphQLScalarTypeConfig<Internal, External>, 'serialize' | 'parseValue' | 'parseLiteral'>
>;

/** A scalar of the SDL. A whole GraphQLScalarType would put its empty description in the place of the SDL's. */
const scalar = <Internal, External>(coercion: Coercion<Internal, External>): GraphQLScalarType<Internal, External> =>
  coercion as GraphQLScalarType<Internal, External>;

/** Internal form: a number. */
const SafeInt = scalar<number, number>({
  serialize: (value) => (Number.isSafeInteger(value) ? (value as number) : refuse(`SafeInt cannot represent ${value}`)),
  parseValue: (value) =>
    Number.isSafeInteger(value)
      ? (value as number)
      : refuse(`SafeInt must be an integer up to 2^53 - 1, not ${JSON.stringify(value)}`),
  parseLiteral: (node) =>
    node.kind === Kind.INT && Number.isSafeInteger(Number(node.value))
      ? Number(node.value)
      : refuse('SafeInt must be an integer up to 2^53 - 1'),
});

const parseDateTime = (value: unknown): number => {
  const time = typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T/.test(value) ? Date.parse(value) : Number.NaN;
  return Number.isNaN(time) ? refuse(`DateTime must be ISO 8601 text, not ${JSON.stringify(value)}`) : time;
};

/** Internal form: epoch milliseconds. */
const DateTime = scalar<number, string>({
  serialize: (value) => new Date(value as number).toISOString(),
  parseValue: parseDateTime,
  parseLiteral: (node) => parseDateTime(text(node, 'DateTime')),
});

const DAY = 86_400;
const durationText = (seconds: number): string => {
  const days = Math.floor(seconds / DAY);
  const hours = Math.floor((seconds % DAY) / 3600);
  const minutes = Math.floor((seconds % 3600) / 60);
  const time = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds % 60}S`;
  return `P${days ? `${days}D` : ''}T${time}`;
};

const parseDuration = (value: unknown): number => {
  const match = typeof value === 'string' ? /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/.exec(value) : null;
  if (!match || value === 'P')
    return refuse(`Duration must be ISO 8601 text such as PT2H3M9S, not ${JSON.stringify(value)}`);
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  return days * DAY + hours * 3600 + minutes * 60 + seconds;
};

/** Internal form: whole seconds. */
const Duration = scalar<number, string>({
  serialize: (value) => durationText(value as number),
  parseValue: parseDuration,
  parseLiteral: (node) => parseDuration(text(node, 'Duration')),
});

const json = scalar<unknown, unknown>({
  serialize: (value) => value,
  parseValue: (value) => value,
  parseLiteral: (node, variables) => valueFromASTUntyped(node, variables),
});

const parseBase64 = (value: unknown): Buffer => {
  const isBase64 = typeof value === 'string' && value.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
  return isBase64 ? Buffer.from(value, 'base64') : refuse('Base64 must be base64 text with padding');
};

/** Internal form: a Buffer. */
const Base64 = scalar<Buffer, string>({
  serialize: (value) => (value as Buffer).toString('base64'),
  parseValue: parseBase64,
  parseLiteral: (node) => parseBase64(text(node, 'Base64')),
});

export const scalars: Pick<Resolvers, 'SafeInt' | 'DateTime' | 'Duration' | 'JSON' | 'Base64'> = {
  SafeInt,
  DateTime,
  Duration,
  JSON: json,
  Base64,
};
