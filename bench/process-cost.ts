import {readFile} from 'node:fs/promises'

/** Ticks of the clock in `/proc/<pid>/stat`, a second; the same on every Linux that Node runs on. */
const ticksPerSecond = 100

/** What a process has taken so far, of the files that Linux keeps about it: CPU of all its threads, and memory now. */
export async function processCost(pid: number): Promise<{cpuMs: number; memoryMb: number}> {
  const [stat, status] = await Promise.all([
    readFile(`/proc/${pid}/stat`, 'utf8'),
    readFile(`/proc/${pid}/status`, 'utf8'),
  ])
  // The name of the program is in parentheses and may hold anything; the fields are those behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1])
  return {cpuMs: (ticks * 1000) / ticksPerSecond, memoryMb: kilobytes / 1024}
}
