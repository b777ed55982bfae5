import {createRequire} from 'node:module'

type Modules = {
  cpp: typeof import('@lezer/cpp')
  css: typeof import('@lezer/css')
  highlight: typeof import('@lezer/highlight')
  html: typeof import('@lezer/html')
  javascript: typeof import('@lezer/javascript')
}

const require = createRequire(import.meta.url)

/**
 * One of Lezer's packages, loaded when it is first asked for and without waiting. Each comes in two module formats, and
 * what the parsers of one call a thing means nothing to the highlighter of the other: so none is imported elsewhere.
 */
export function lezer<Name extends keyof Modules>(name: Name): Modules[Name] {
  return require(`@lezer/${name}`) as Modules[Name]
}
