import {globSync} from 'node:fs'
import {join} from 'node:path'
import {siteVariable, type ConfigShape} from '@broadside/runtime'
import {root} from './source-tree.ts'

/** The site whose variables `.env.example` shows. */
const exampleSite = 'field-notes'

/**
 * The environment that each service reads, by the service's name: `xConfig` of `services/x/src/config.ts`, and what
 * `xSiteConfig` of `site-config.ts` beside it asks for each site, under the names that it has for the example.
 */
export async function readServiceConfigs(): Promise<Map<string, ConfigShape>> {
  const configs = new Map<string, ConfigShape>()
  for (const file of globSync('services/*/src/config.ts', {cwd: root}).toSorted()) {
    const service = file.split('/')[1] as string
    const module = (await import(join(root, file))) as Record<string, unknown>
    const shape = module[`${service}Config`]
    if (shape === undefined) throw new Error(`${file} exports no ${service}Config`)
    configs.set(service, {...(shape as ConfigShape), ...(await readSiteShape(service))})
  }
  return configs
}

async function readSiteShape(service: string): Promise<ConfigShape> {
  const [file] = globSync(`services/${service}/src/site-config.ts`, {cwd: root})
  if (file === undefined) return {}
  const module = (await import(join(root, file))) as Record<string, unknown>
  const shape = module[`${service}SiteConfig`] as ConfigShape | undefined
  if (shape === undefined) throw new Error(`${file} exports no ${service}SiteConfig`)
  return Object.fromEntries(Object.entries(shape).map(([name, schema]) => [siteVariable(exampleSite, name), schema]))
}

/** A line `NAME=value` of an environment file; one behind a # is `isSet: false`. */
export type Variable = {name: string; value: string; isSet: boolean; comment: string}

/** The variables of an environment file, each with the comment above it. Throws at a line that is neither. */
export function parseEnvironment(text: string): Variable[] {
  const variables: Variable[] = []
  let comment: string[] = []
  for (const line of text.split('\n')) {
    const variable = /^(#?)([A-Z][A-Z0-9_]*)=(.*)$/.exec(line)
    if (variable !== null) {
      const [, mark, name = '', value = ''] = variable
      variables.push({name, value, isSet: mark === '', comment: comment.join('\n')})
      comment = []
    } else if (line.startsWith('# ')) comment.push(line.slice(2))
    else if (line === '' || line === '#') comment = []
    else throw new Error(`neither a variable nor a comment: ${line}`)
  }
  return variables
}
