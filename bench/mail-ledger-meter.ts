/**
 * Loaded before a program (`node --import`): adds up what its SQL statements take, and writes it at the end. Taking the
 * time of each costs something itself, so that runs which measure the whole go without.
 */
import {writeFileSync} from 'node:fs'
import {StatementSync} from 'node:sqlite'

let cpuMs = 0
let tookMs = 0
let statements = 0
for (const name of ['run', 'all', 'get'] as const) {
  const original: (this: StatementSync, ...given: never[]) => unknown = StatementSync.prototype[name]
  Object.defineProperty(StatementSync.prototype, name, {
    value(this: StatementSync, ...given: never[]) {
      const began = performance.now()
      const before = process.threadCpuUsage()
      try {
        return original.apply(this, given)
      } finally {
        const {user, system} = process.threadCpuUsage(before)
        cpuMs += (user + system) / 1000
        tookMs += performance.now() - began
        statements += 1
      }
    },
  })
}
const path = process.env['BENCH_METER']
process.on('exit', () => path !== undefined && writeFileSync(path, JSON.stringify({cpuMs, tookMs, statements})))
