import {setImmediate as turn} from 'node:timers/promises'
import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {expect, test} from 'vitest'
import {readReport} from './read-report.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** A mail in parts; `after` runs when so many were read that it is too large. */
function mailOf(parts: number, {most = Infinity, after = async () => {}}, made: WeakRef<Uint8Array>[] = []) {
  const stream = {
    sizeExceeded: false,
    async *[Symbol.asyncIterator]() {
      for (let part = 0; part < parts; part += 1) {
        stream.sizeExceeded = part >= most
        const chunk = Buffer.from(`${part} `)
        made.push(new WeakRef(chunk))
        yield chunk
      }
      await after()
    },
  }
  return stream
}

test('a report is read whole', async () => {
  expect(String(await readReport(mailOf(3, {})))).toBe('0 1 2 ')
})

test('of a mail that is too large nothing is kept, while the rest of it is still coming', async () => {
  const made: WeakRef<Uint8Array>[] = []
  let kept = -1
  const after = async () => {
    await turn()
    collect()
    kept = made.filter((chunk) => chunk.deref() !== undefined).length
  }
  expect(await readReport(mailOf(100, {most: 50, after}, made))).toBeUndefined()
  expect(made).toHaveLength(100)
  // The last one may still be in hand.
  expect(kept).toBeLessThanOrEqual(2)
})
