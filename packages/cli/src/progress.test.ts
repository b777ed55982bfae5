import {PassThrough} from 'node:stream'
import {expect, test} from 'vitest'
import {createProgress} from './progress.ts'

function terminal(isTTY: boolean) {
  const stderr = Object.assign(new PassThrough({encoding: 'utf8'}), {isTTY})
  const progress = createProgress({stderr})
  return {progress, said: () => (stderr.read() as string | null) ?? ''}
}

test('long work is told of on a terminal, and the line is taken away again', () => {
  const {progress, said} = terminal(true)
  progress.show('writing', 1, 1_000)
  expect(said()).toContain('writing 1 of 1000')
  progress.clear()
  expect(said()).toBe('\r\u001B[K')
  progress.clear()
  expect(said()).toBe('')
})

test('short work, and whoever is no terminal, is left alone', () => {
  const short = terminal(true)
  short.progress.show('writing', 1, 10)
  const file = terminal(false)
  file.progress.show('writing', 1, 1_000)
  file.progress.clear()
  expect(short.said() + file.said()).toBe('')
})

test('a line takes the place of the one before, and is never wider than the terminal', () => {
  const {progress, said} = terminal(true)
  progress.tell('1 of 2 images made')
  progress.tell('1 of 2 images made')
  expect(said()).toBe('\r\u001B[K1 of 2 images made')
  progress.tell('x'.repeat(200))
  expect(said()).toBe(`\r\u001B[K${'x'.repeat(79)}`)
})
