import {join, resolve} from 'node:path'
import {endSurvivor} from './last-run.ts'
import type {ServerName} from './server.ts'

/**
 * Ends the servers below `home` whose owner was killed, so that their ports are free again. Without survivors nothing
 * happens. Throws `servers.in-use` (invalid) when the owner lives.
 */
export async function endSurvivors(home: string): Promise<void> {
  const names: ServerName[] = ['nats', 'redis']
  await Promise.all(names.map((name) => endSurvivor(name, join(resolve(home), name))))
}
