import {readdirSync, readFileSync} from 'node:fs'

const sampleMs = 100
const pageBytes = 4_096
/** Of the kernel's clock for processes, the same on all machines. */
const tickMs = 10

export type TreeUse = {
  /** The most that all of the tree held at one time, bytes of resident memory; what is shared counts in each process. */
  memory: number
  /** CPU time of all of it, those that have ended included, since the watch began. */
  cpuMs: number
}

/** Watches a process and all that it has started, ten times a second. */
export function watchTree(root: number): {stop: () => TreeUse} {
  const before = look(root).cpuMs
  const most: TreeUse = {memory: 0, cpuMs: 0}
  const sample = (): void => {
    const {memory, cpuMs} = look(root)
    most.memory = Math.max(most.memory, memory)
    most.cpuMs = Math.max(most.cpuMs, cpuMs - before)
  }
  const timer = setInterval(sample, sampleMs)
  return {
    stop() {
      clearInterval(timer)
      sample()
      return most
    },
  }
}

function look(root: number): TreeUse {
  const parents = new Map<number, number>()
  const uses = new Map<number, TreeUse>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      // Fields are counted from behind the name of the program, which may hold spaces and brackets.
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number)
      parents.set(Number(name), fields[1]!)
      // Its own time in user and system, and that of children it has waited for.
      const ticks = fields[11]! + fields[12]! + fields[13]! + fields[14]!
      uses.set(Number(name), {memory: fields[21]! * pageBytes, cpuMs: ticks * tickMs})
    } catch {
      // It has ended since the folder was read.
    }
  }
  const isOurs = (pid: number | undefined): boolean => pid !== undefined && (pid === root || isOurs(parents.get(pid)))
  const sum: TreeUse = {memory: 0, cpuMs: 0}
  for (const [pid, use] of uses) {
    if (!isOurs(pid)) continue
    sum.memory += use.memory
    sum.cpuMs += use.cpuMs
  }
  return sum
}
