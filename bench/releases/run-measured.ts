import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {watchTree, type TreeUse} from './watch-tree.ts'

export type Measured = TreeUse & {tookMs: number; stdout: string}

/** Runs a command to its end. Throws with what it said where it fails, and ends it where it takes too long. */
export async function runMeasured(
  [file, ...args]: [string, ...string[]],
  {cwd, env = {}, withinMs = 600_000}: {cwd?: string; env?: Record<string, string | undefined>; withinMs?: number} = {},
): Promise<Measured> {
  const startedAt = performance.now()
  const child = spawn(file, args, {cwd, env: {...process.env, ...env}, stdio: ['ignore', 'pipe', 'pipe']})
  const watch = watchTree(child.pid ?? 0)
  const timer = setTimeout(() => child.kill('SIGKILL'), withinMs)
  let use: TreeUse = {memory: 0, cpuMs: 0}
  const said: string[] = []
  const stdout: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said.push(text)
    stdout.push(text)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const [code] = (await once(child, 'close').finally(() => {
    clearTimeout(timer)
    use = watch.stop()
  })) as [number | null]
  const tookMs = performance.now() - startedAt
  if (code !== 0) throw new Error(`${file} ${args.join(' ')} ended with ${code}: ${said.join('').slice(-2_000)}`)
  return {tookMs, ...use, stdout: stdout.join('')}
}
