import {growSlowly} from './grow-slowly.ts'

// Holds a million rows, makes others that live for a while, and prints how many bytes the heap had at the most.
if (process.argv.includes('slowly')) growSlowly()
const row = (n: number): object => ({n, words: [`row ${n}`, n]})
const kept = Array.from({length: 1_000_000}, (_, n) => row(n))
const passing: object[] = []
let most = 0
for (let round = 0; round < 120; round += 1) {
  for (let n = 0; n < 50_000; n += 1) passing[n] = row(n)
  // The first rounds still have what came before.
  if (round >= 60) most = Math.max(most, process.memoryUsage().heapUsed)
}
process.stdout.write(`${most / kept.length}`)
