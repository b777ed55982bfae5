const argument = /(?:([\w-]+)\s*=\s*)?(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|`([^`]*)`|([^\s"'=,]+))/g

/** The arguments of a tag or shortcode: `src="x.png" alt='A'` by name, and those without a name in their order. */
export function readArguments(given: string): {named: Map<string, string>; listed: string[]} {
  const named = new Map<string, string>()
  const listed: string[] = []
  for (const [, name, double, single, ticks, bare] of given.matchAll(argument)) {
    const value = double?.replaceAll(/\\(.)/g, '$1') ?? single ?? ticks ?? bare ?? ''
    if (name === undefined) listed.push(value)
    else named.set(name.toLowerCase(), value)
  }
  return {named, listed}
}
