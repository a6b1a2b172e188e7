/** Settings under other names, each read from where it may change whenever it is asked for. */
export function viewOf<Source extends object, const Names extends Readonly<Record<string, keyof Source>>>(
  source: Source,
  names: Names,
): { readonly [Name in keyof Names]: Source[Names[Name]] } {
  const view = {};
  for (const [name, key] of Object.entries(names)) {
    Object.defineProperty(view, name, { enumerable: true, get: () => source[key as keyof Source] });
  }
  return view as { readonly [Name in keyof Names]: Source[Names[Name]] };
}
