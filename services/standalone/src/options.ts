import {parseArgs} from 'node:util'
import {isAbsolute, resolve} from 'node:path'
import {BroadsideError} from '@broadside/runtime'

export type StandaloneOptions = {
  /** Folder of all state. */
  home: string
  /** Somebody's own repository, path or URL; the example site when absent. */
  site: string | undefined
  newPorts: boolean
  help: boolean
  logLevel: string
  /** Servers and places that are given instead of started here. */
  natsUrl: string | undefined
  redisUrl: string | undefined
  objectsUrl: string | undefined
  smtpUrl: string | undefined
  /** Hosts in private networks that the site may name as its WebSub hub. */
  privateHubs: string[]
}

export const usage = `Broadside on one machine: all services, NATS, Redis and a mail catcher in one process.

  npm start                              publish the example site and stay up
  npm start -- --site PATH|URL           follow your own repository; nothing is written into it
  npm start -- --new-ports               choose ports anew

BROADSIDE_HOME (default .broadside) holds all state; run.json there says where things run.
NATS_URL, REDIS_URL, OBJECTS_URL and SMTP_URL use servers of yours instead of starting some.`

/** @throws BroadsideError `standalone.usage` (invalid). */
export function readOptions(args: string[], env: Record<string, string | undefined>, root: string): StandaloneOptions {
  const {values} = parse(args)
  const home = env['BROADSIDE_HOME'] ?? '.broadside'
  return {
    home: isAbsolute(home) ? home : resolve(root, home),
    site: values.site,
    newPorts: values['new-ports'] ?? false,
    help: values.help ?? false,
    logLevel: env['LOG_LEVEL'] ?? 'info',
    natsUrl: given(env['NATS_URL']),
    redisUrl: given(env['REDIS_URL']),
    objectsUrl: given(env['OBJECTS_URL']),
    smtpUrl: given(env['SMTP_URL']),
    privateHubs:
      given(env['NOTIFIER_PRIVATE_HUBS'])
        ?.split(',')
        .map((host) => host.trim()) ?? [],
  }
}

function given(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {site: {type: 'string'}, 'new-ports': {type: 'boolean'}, help: {type: 'boolean', short: 'h'}},
    })
  } catch (cause) {
    throw new BroadsideError('invalid', 'standalone.usage', (cause as Error).message, {hint: `\n\n${usage}`})
  }
}
