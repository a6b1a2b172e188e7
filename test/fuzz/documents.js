import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql';
import { WORDS } from './packets.js';

const DEEPEST = 4;

/** A value of an input type as a literal, wrong ones among them. */
function literal(random, type, depth) {
  if (random.chance(0.03))
    return random.pick(['null', '[]', '{}', '"x"', '1e999', '-1', '$v', '9007199254740993', 'X']);
  const inner = getNullableType(type);
  if (isListType(inner)) {
    return `[${Array.from({ length: random.below(4) }, () => literal(random, inner.ofType, depth + 1)).join(', ')}]`;
  }
  if (isEnumType(inner)) return random.pick(inner.getValues()).name;
  if (isInputObjectType(inner)) {
    const fields = Object.values(inner.getFields()).filter(
      (field) => isNonNullType(field.type) || (depth < DEEPEST && random.chance(0.4)),
    );
    return `{${fields.map((field) => `${field.name}: ${literal(random, field.type, depth + 1)}`).join(', ')}}`;
  }
  switch (inner.name) {
    case 'Int':
    case 'SafeInt':
      return String(random.pick([0, 1, 2, 3, -1, 100, 10_001, 2_147_483_647]));
    case 'Boolean':
      return String(random.chance(0.5));
    case 'DateTime':
      return random.pick(['"2026-01-01T00:00:00Z"', '"2026-02-30T00:00:00Z"', '"x"']);
    default:
      return JSON.stringify(random.pick(WORDS));
  }
}

function selection(random, type, depth) {
  const named = getNamedType(type);
  if (isLeafType(named)) return '';
  const fields = Object.values(named.getFields?.() ?? {});
  const open = fields.filter((field) => depth < DEEPEST || isLeafType(getNamedType(field.type)));
  const chosen = Array.from({ length: 1 + random.below(4) }, () => random.pick(open)).filter(Boolean);
  const texts = chosen.map((field) => fieldText(random, field, depth + 1));
  return ` { ${[...texts, '__typename'].join(' ')} }`;
}

function fieldText(random, field, depth) {
  const given = field.args.filter((argument) => isNonNullType(argument.type) || random.chance(0.4));
  const values = given.map((argument) => `${argument.name}: ${literal(random, argument.type, 0)}`);
  const alias = random.chance(0.3) ? `a${random.below(99)}: ` : '';
  return `${alias}${field.name}${values.length > 0 ? `(${values.join(', ')})` : ''}${selection(random, field.type, depth)}`;
}

const TOKEN = /[A-Za-z_]\w*|"[^"]*"|-?\d+|\s+|./gs;

function mutateText(random, text) {
  const tokens = text.match(TOKEN) ?? [];
  for (let left = 1 + random.below(4); left > 0 && tokens.length > 0; left -= 1) {
    const at = random.below(tokens.length);
    const insert = () =>
      random.pick(['{', '}', '(', ')', '...', '@skip(if: true)', '$x', '"""', '\u0000', '...F', '__schema', '[', '!']);
    random.pick([
      () => tokens.splice(at, 1),
      () => tokens.splice(at, 0, tokens[random.below(tokens.length)]),
      () => tokens.splice(at, 0, insert()),
      () => tokens.splice(at, 1, insert()),
      () => tokens.splice(at, 0, ...Array(random.below(300)).fill('{a ')),
    ])();
  }
  return tokens.join('');
}

/** A GraphQL document for a schema; most are valid, the others have faults. */
export function documentText(random, schema) {
  const [keyword, type] = random.pick([
    ['query', schema.getQueryType()],
    ['query', schema.getQueryType()],
    ['mutation', schema.getMutationType()],
    ['subscription', schema.getSubscriptionType()],
  ]);
  const fields = Object.values(type?.getFields() ?? {});
  if (fields.length === 0) return '{ __typename }';
  const count = keyword === 'subscription' ? 1 : 1 + random.below(3);
  const texts = Array.from({ length: count }, () => fieldText(random, random.pick(fields), 0));
  const text = `${keyword} { ${texts.join(' ')} }`;
  return random.chance(0.5) ? mutateText(random, text) : text;
}
