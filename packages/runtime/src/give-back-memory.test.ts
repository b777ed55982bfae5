import {expect, test} from 'vitest'
import {giveBackMemory} from './give-back-memory.ts'

test('a heap that was large becomes as small as what is left in it', async () => {
  const rows: object[] = []
  for (let n = 0; n < 500_000; n += 1) rows.push({n, text: `row ${n}`})
  const full = process.memoryUsage().heapTotal
  rows.length = 0
  await giveBackMemory()
  expect(process.memoryUsage().heapTotal).toBeLessThan(full - 20_000_000)
  await giveBackMemory()
})
