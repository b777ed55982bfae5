import {readConfig} from '@broadside/runtime'
import {describe, expect, test} from 'vitest'
import {parse} from 'yaml'
import {parseEnvironment, readServiceConfigs} from './environment.ts'
import {readText} from './source-tree.ts'

type Container = {
  command?: string[]
  environment?: Record<string, string>
  volumes?: string[]
  ports?: string[]
  healthcheck?: {test: string[]}
}

const text = readText('docker-compose.yml')
const {services} = parse(text, {merge: true}) as {services: Record<string, Container>}
const configs = [...(await readServiceConfigs())].map(([name, shape]) => ({name, shape, container: services[name]}))

/** What an operator fills in: the lines of .env.example, those behind a # too, and the secrets. */
const filledIn = new Map(parseEnvironment(readText('.env.example')).map(({name, value}) => [name, value]))
filledIn.set('TOKEN_KEYS', `k1:${Buffer.alloc(32, 1).toString('base64')}`)

/** `${NAME:?why}`, `${NAME:-default}` and `${NAME:-}`, as docker compose reads them. */
function interpolate(value: string): string {
  return value.replace(/\$\{(\w+)(?::[?-]([^}]*))?\}/g, (_, name: string, otherwise = '') => {
    return filledIn.get(name) ?? (otherwise as string)
  })
}

function environmentOf({environment = {}}: Container): Record<string, string> {
  return Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, interpolate(String(value))]))
}

test('whatever docker-compose.yml asks for stands in .env.example', () => {
  const asked = [...text.matchAll(/\$\{(\w+)/g)].map(([, name = '']) => name)
  expect([...new Set(asked)].filter((name) => !filledIn.has(name))).toEqual([])
})

describe.each(configs)('the container of $name', ({name, shape, container}) => {
  test('is there and runs its main', () => {
    const {command = []} = container ?? {}
    expect(command.filter((word) => !word.startsWith('--'))).toEqual(['node', `services/${name}/src/main.ts`])
    expect(readText(`services/${name}/src/main.ts`)).toContain('runMain')
  })

  test('has an environment that the service accepts, and nothing that it does not read', () => {
    const environment = environmentOf(container ?? {})
    expect(() => readConfig(shape, environment)).not.toThrow()
    const others = Object.keys(environment).filter((key) => !(key in shape))
    const forS3 = 'OBJECTS_URL' in shape ? ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'] : []
    expect(others).toEqual(forS3)
  })

  test('shares the ledger and is asked for its health where it listens', () => {
    expect(container?.volumes?.[0]).toBe('ledger:/var/lib/broadside/ledger')
    const config = readConfig(shape, environmentOf(container ?? {})) as Record<string, unknown>
    const port = String(config[`${name.toUpperCase()}_PORT`])
    expect(container?.healthcheck?.test.at(-1)).toContain(`:${port}/healthz`)
    for (const published of container?.ports ?? []) expect(published).toBe(`127.0.0.1:${port}:${port}`)
  })
})

test('the image is built with the pnpm of the toolchain', () => {
  const toolchain = JSON.parse(readText('tools/toolchain/package.json')) as {
    optionalDependencies: Record<string, string>
  }
  const version = toolchain.optionalDependencies['@pnpm/exe.linux-x64']
  expect(readText('infra/Dockerfile')).toContain(` pnpm@${version}\n`)
})
