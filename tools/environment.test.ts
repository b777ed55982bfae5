import {readConfig} from '@broadside/runtime'
import type {ConfigShape} from '@broadside/runtime'
import {describe, expect, test} from 'vitest'
import {parseEnvironment, readServiceConfigs} from './environment.ts'
import {readText} from './source-tree.ts'

const configs = await readServiceConfigs()
const variables = parseEnvironment(readText('.env.example'))
const names = [...new Set([...configs.values()].flatMap((shape) => Object.keys(shape)))]

/** Read by the client of S3, and by the web server of docker-compose.yml; no service's config knows them. */
const ofOthers = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY', 'SITE_ADDRESS', 'AUDIENCE_ADDRESS']

/** Each of these must be filled in; a working value for the test. */
const secrets = {TOKEN_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`}

/** What a schema gives where the variable is absent: its default, `undefined` when optional, or that it is needed. */
function absent(schema: ConfigShape[string]): {needed: boolean; value?: unknown} {
  const parsed = schema.safeParse(undefined)
  return parsed.success ? {needed: false, value: parsed.data} : {needed: true}
}

describe('.env.example', () => {
  test('names every variable of every service, and no others', () => {
    const shown = variables.map(({name}) => name).filter((name) => !ofOthers.includes(name))
    expect(shown.toSorted()).toEqual(names.toSorted())
  })

  test.for(variables.filter(({name}) => !ofOthers.includes(name)))('$name', ({name, value, isSet, comment}) => {
    const schemas = [...configs.values()].flatMap((shape) => (shape[name] === undefined ? [] : [shape[name]]))
    for (const schema of schemas) {
      expect(comment.split('\n')).toContain(schema.description)
      const {needed, value: standard} = absent(schema)
      expect({name, isSet}).toEqual({name, isSet: needed})
      if (standard !== undefined) expect(value).toBe(String(standard))
      else expect(schema.safeParse(value || (secrets as Record<string, string>)[name]).error).toBeUndefined()
    }
  })

  test.for([...configs.keys()])('is enough for %s once the secrets are filled in', (service) => {
    const set = variables.filter(({isSet}) => isSet).map(({name, value}) => [name, value])
    const environment = {...(Object.fromEntries(set) as Record<string, string>), ...secrets}
    expect(() => readConfig(configs.get(service) as ConfigShape, environment)).not.toThrow()
  })
})
