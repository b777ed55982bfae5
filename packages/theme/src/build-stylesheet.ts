import {createHash} from 'node:crypto'
import {BroadsideError} from '@broadside/runtime'

/** What a value may not hold: the end of its declaration or block, comments, escapes, and addresses to fetch. */
const unsafe = /[;{}<>\\]|\/\*|url\s*\(|image-set\s*\(|\p{Cc}/iu

function declarations(variables: [string, string][]): string {
  return variables.map(([name, value]) => `  --${name}: ${value};\n`).join('')
}

/**
 * The stylesheet with the author's variables at its end, named by its kind and content. A variable's name that ends in `-dark` holds in
 * dark mode only: `accent-dark` is the dark `accent`. Throws `theme.variable` (invalid) for a name or a value that
 * would not stay inside one declaration.
 */
export function buildStylesheet(
  kind: 'style' | 'feed',
  css: string,
  variables: Record<string, string> = {},
): {name: string; body: string} {
  const sorted = Object.entries(variables).toSorted(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, value] of sorted)
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(name) || value.trim() === '' || value.length > 300 || unsafe.test(value))
      throw new BroadsideError('invalid', 'theme.variable', `theme variable "${name}" cannot be "${value}"`, {
        hint: 'Names are a-z, 0-9 and dashes; values are one CSS value such as "#0a5" or "Georgia, serif".',
        details: {name},
      })
  const light = sorted.filter(([name]) => !name.endsWith('-dark'))
  const dark = sorted
    .filter(([name]) => name.endsWith('-dark'))
    .map(([name, value]): [string, string] => [name.slice(0, -'-dark'.length), value])
  let body = css
  if (light.length > 0) body += `\n:root {\n${declarations(light)}}\n`
  if (dark.length > 0) body += `\n@media (prefers-color-scheme: dark) {\n:root {\n${declarations(dark)}}\n}\n`
  return {name: `${kind}.${createHash('sha256').update(body).digest('hex').slice(0, 8)}.css`, body}
}
