import {createHash} from 'node:crypto'
import {readFileSync} from 'node:fs'

function source(name: string): string {
  return readFileSync(new URL(`../browser/${name}`, import.meta.url), 'utf8')
}

/** One file for the browser: the words that the index shares with it, and the page's own code, which imports them. */
const body = `${source('terms.js').replaceAll(/^export /gm, '')}\n${source('search.js').replace(/^import .*\n\n?/, '')}`

/** The script of the search page; `name` is `search.<hash8>.js`, the hash that of `body`. Read once, as the module loads. */
export const searchScript: {name: string; body: string} = {
  name: `search.${createHash('sha256').update(body).digest('hex').slice(0, 8)}.js`,
  body,
}
