import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { CommandRefusal } from './command-refusal.ts';

/** Where a secret comes from: a terminal says so in `isTTY`. */
export type SecretInput = NodeJS.ReadableStream & { readonly isTTY?: boolean };

/** Longer than any secret that is taken. */
const MOST_BYTES = 4096;

/**
 * Answers a secret that a person gives: asked for twice on `prompts`, without an echo, when `input` is a terminal;
 * else the first line of `input`, in UTF-8. `word` is what it is called. Rejects with CommandRefusal when there is
 * none, it is too long, or the two differ.
 */
export async function askSecret(word: string, input: SecretInput, prompts: NodeJS.WritableStream): Promise<string> {
  const secret = input.isTTY === true ? await askTwice(word, input, prompts) : await readFirstLine(word, input);
  if (secret === '') throw new CommandRefusal(`the ${word} is empty; nothing was changed`);
  return secret;
}

async function askTwice(word: string, input: SecretInput, prompts: NodeJS.WritableStream): Promise<string> {
  // The line editor knows backspace and Ctrl-C; what it would echo goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = createInterface({ input, output: nowhere, terminal: true, historySize: 0 });
  editor.on('SIGINT', () => editor.close());
  const lines = editor[Symbol.asyncIterator]();
  const ask = async (question: string): Promise<string> => {
    prompts.write(question);
    const { value, done } = await lines.next();
    prompts.write('\n');
    if (done) throw new CommandRefusal(`no ${word} was given; nothing was changed`);
    return value;
  };
  try {
    const first = await ask(`New ${word}: `);
    if (first === '') return '';
    if ((await ask(`The ${word} again: `)) !== first) {
      throw new CommandRefusal(`the two are not the same ${word}; nothing was changed`);
    }
    return first;
  } finally {
    editor.close();
  }
}

async function readFirstLine(word: string, input: SecretInput): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    const end = bytes.indexOf('\n');
    chunks.push(end < 0 ? bytes : bytes.subarray(0, end));
    length += bytes.length;
    if (end >= 0 || length > MOST_BYTES) break;
  }
  const line = Buffer.concat(chunks);
  if (line.length > MOST_BYTES) throw new CommandRefusal(`the ${word} is too long; nothing was changed`);
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line).replace(/\r$/, '');
  } catch {
    throw new CommandRefusal(`the ${word} is not in UTF-8; nothing was changed`);
  }
}
