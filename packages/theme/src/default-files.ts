import {readdirSync, readFileSync} from 'node:fs'

const root = new URL('../', import.meta.url)

function readFolder(folder: string, extension: string): Map<string, string> {
  const names = readdirSync(new URL(folder, root), {recursive: true, encoding: 'utf8'})
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith(extension))
    .toSorted()
  return new Map(names.map((name) => [name, readFileSync(new URL(`${folder}${name}`, root), 'utf8')]))
}

/** The default theme, read once when the module loads: templates by name below `templates/`. */
export const defaultTemplates: ReadonlyMap<string, string> = readFolder('templates/', '.liquid')

/** Words by language: `en` and what else lies in `languages/`. */
export const defaultLanguages: ReadonlyMap<string, Record<string, string>> = new Map(
  [...readFolder('languages/', '.json')].map(([name, text]) => [name.slice(0, -'.json'.length), JSON.parse(text)]),
)

export const defaultStylesheet: string = readFileSync(new URL('style.css', root), 'utf8')
