import {execFile} from 'node:child_process'
import {readFile} from 'node:fs/promises'
import {promisify} from 'node:util'

const run = promisify(execFile)

/**
 * What tells a process from a later one with the same id: the boot and the tick it started at on Linux, the start
 * time that `ps` prints elsewhere. Undefined when no such process runs; a zombie does not count as running.
 */
export async function identityOf(pid: number): Promise<string | undefined> {
  if (process.platform !== 'linux') {
    const answer = await run('ps', ['-o', 'lstart=', '-p', String(pid)]).catch(() => undefined)
    return answer?.stdout.trim() || undefined
  }
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8')
    const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8')
    // The second field is the command in parentheses and may hold anything; what follows the last one is regular.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    return fields[0] === 'Z' ? undefined : `${boot.trim()}:${fields[19]}`
  } catch {
    return undefined
  }
}
