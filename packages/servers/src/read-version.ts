import {execFile} from 'node:child_process'
import {promisify} from 'node:util'
import type {ServerName} from './server.ts'

const run = promisify(execFile)

/**
 * The oldest versions that Broadside works with: 2.9 is the NATS of Debian 12, and Redis has had the commands that
 * BullMQ counts on since 6.2.
 */
const oldest: Record<ServerName, [major: number, minor: number]> = {nats: [2, 9], redis: [6, 2]}

/** The version that a server's executable tells, or undefined when it does not run here or is too old to be used. */
export async function readVersion(
  name: ServerName,
  bin: string,
  env: Record<string, string> = {},
): Promise<string | undefined> {
  const answer = await run(bin, ['--version'], {env: {...process.env, ...env}, timeout: 10_000}).catch(() => undefined)
  const match = /v=?(\d+)\.(\d+)\.\d+\S*/.exec(answer?.stdout ?? '')
  if (match === null) return undefined
  const [major, minor] = [Number(match[1]), Number(match[2])]
  const [oldestMajor, oldestMinor] = oldest[name]
  const usable = major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)
  return usable ? match[0].replace(/^v=?/, '') : undefined
}
