import {expect, test} from 'vitest'
import {shareTurn} from './share-turn.ts'

test('who asks in one turn gets one answer, from after the last of them asked', async () => {
  let state = 'old'
  let calls = 0
  const ask = shareTurn(async () => {
    calls += 1
    return state
  })
  const first = ask()
  await Promise.resolve()
  state = 'new'
  expect(await Promise.all([first, ask()])).toEqual(['new', 'new'])
  expect(calls).toBe(1)
})

test('who asks while the work is under way gets a call of their own', async () => {
  const begun = Promise.withResolvers<void>()
  const held = Promise.withResolvers<string>()
  const answers = [held.promise, Promise.resolve('second')]
  const ask = shareTurn(() => {
    begun.resolve()
    return answers.shift()!
  })
  const first = ask()
  await begun.promise
  expect(await ask()).toBe('second')
  held.resolve('first')
  expect(await first).toBe('first')
})

test('a failure is for those who shared it, and the next one tries again', async () => {
  let calls = 0
  const ask = shareTurn(async () => {
    calls += 1
    if (calls === 1) throw new Error('gone')
    return 'back'
  })
  const both = await Promise.allSettled([ask(), ask()])
  expect(both.map(({status}) => status)).toEqual(['rejected', 'rejected'])
  expect(await ask()).toBe('back')
})
