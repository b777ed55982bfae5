import {expect, test} from 'vitest'
import {createWriteTurn} from './write-turn.ts'

test('a write gives way to one that goes first, in whichever thread, and to nothing else', async () => {
  const answers = createWriteTurn()
  const works = createWriteTurn(answers.shared)
  const order: string[] = []
  await works.giveWay()
  const written = Promise.withResolvers<void>()
  const first = answers.first(() => written.promise.then(() => order.push('answer')))
  const second = works.giveWay().then(() => order.push('work'))
  written.resolve()
  await Promise.all([first, second])
  expect(order).toEqual(['answer', 'work'])
})

test('a thread that is held up holds nobody up for long', async () => {
  const turn = createWriteTurn()
  void turn.first(() => new Promise(() => {}))
  await turn.giveWay()
})
