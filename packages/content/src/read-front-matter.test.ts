import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'
import {expect, test} from 'vitest'
import {defaultSettings, parsePost} from './index.ts'

test('what front matter says keeps no text in memory', () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const text = 'A sentence of a long post. '.repeat(4_000)
  collect()
  const before = process.memoryUsage().heapUsed
  const metas = Array.from({length: 50}, (_, n) => {
    const bytes = Buffer.from(
      `---\ntitle: A title that is long enough to be a part of its file, ${n}\n---\n\n${text}\n`,
    )
    return parsePost({file: `posts/${n}.md`, bytes, settings: defaultSettings('notes')}).post!.meta
  })
  collect()
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(10 * text.length)
  expect(metas.at(-1)!.title).toContain('its file, 49')
})
