import {execFile} from 'node:child_process'
import {createHash} from 'node:crypto'
import {promisify} from 'node:util'
import {searchPath} from './search-path.ts'
import type {OnProgress, ServerName, ServerProgram, StartOptions} from './server.ts'

const run = promisify(execFile)
const images: Record<ServerName, string> = {nats: 'nats:2', redis: 'redis:7'}

/** The server as a container, when there is a docker client whose daemon answers and has or can pull the image. */
export async function findInDocker(name: ServerName, onProgress: OnProgress): Promise<ServerProgram | undefined> {
  const bin = searchPath('docker')[0]
  if (bin === undefined) return undefined
  const image = images[name]
  try {
    await run(bin, ['version', '--format', '{{.Server.Version}}'], {timeout: 10_000})
    const present = await run(bin, ['image', 'inspect', image], {timeout: 10_000}).catch(() => undefined)
    if (present === undefined) {
      onProgress(`pulling the docker image ${image}`)
      await run(bin, ['pull', '--quiet', image], {timeout: 600_000})
    }
    return {bin, image, version: image.slice(image.indexOf(':') + 1), from: `docker image ${image}`}
  } catch {
    return undefined
  }
}

/**
 * The arguments of `docker run` for a server in the foreground. The data folder is mounted at the path it has
 * outside, so the generated configuration says the same in both worlds.
 */
export function dockerArguments(image: string, name: ServerName, options: StartOptions, args: string[]): string[] {
  const {dir, port, host = '127.0.0.1'} = options
  const user = process.getuid === undefined ? [] : ['--user', `${process.getuid()}:${process.getgid?.() ?? 0}`]
  const publish = ['-p', `${host}:${port}:${port}`]
  return ['run', '--rm', '--name', containerName(name, dir), ...user, ...publish, '-v', `${dir}:${dir}`, image, ...args]
}

/** Removes the container of an earlier run on this folder, running or not; none is no error. */
export async function removeContainer(docker: string, name: ServerName, dir: string): Promise<void> {
  await run(docker, ['rm', '-f', containerName(name, dir)], {timeout: 30_000}).catch(() => undefined)
}

function containerName(name: ServerName, dir: string): string {
  return `broadside-${name}-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`
}
