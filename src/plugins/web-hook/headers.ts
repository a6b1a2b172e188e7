/** Headers that the hook or its connection sets, and nobody else may. */
const OWN = /^(content-type|content-length|host|connection|transfer-encoding|expect|upgrade|keep-alive|x-brokerql-.*)$/;

/** Name and value of a header as a line [RFC 9110 5]; null when it is none, or one that may not be set. */
export function parseHeader(line: string): readonly [name: string, value: string] | null {
  const [, name = '', value = ''] = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([\x20-\x7e\t]*)$/.exec(line) ?? [];
  return name === '' || OWN.test(name.toLowerCase()) ? null : [name.toLowerCase(), value.trim()];
}
