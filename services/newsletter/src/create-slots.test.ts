import fc from 'fast-check'
import {expect, test} from 'vitest'
import {createSlots} from './create-slots.ts'

test('who goes first is served before those who wait longer', async () => {
  const slots = createSlots(1)
  await slots.take(1)
  const served: string[] = []
  const bulk = slots.take(5).then(() => served.push('bulk'))
  const letter = slots.take(1, {first: true}).then(() => served.push('letter'))
  slots.give(1)
  await letter
  slots.give(1)
  await bulk
  expect(served).toEqual(['letter', 'bulk'])
})

test('who waits for the same work asks nobody to give slots back; who waits for other work does', async () => {
  const slots = createSlots(2)
  expect(await slots.take(5, {of: 'one edition'})).toBe(2)
  const same = slots.take(2, {of: 'one edition'})
  expect([slots.wantedBesides('one edition'), slots.wantedBesides('another')]).toEqual([false, true])
  const letter = slots.take(1, {first: true})
  expect(slots.wantedBesides('one edition')).toBe(true)
  slots.give(2)
  expect(await Promise.all([letter, same])).toEqual([1, 1])
})

test('what is free can be had without waiting, and nothing while others wait for it', async () => {
  const slots = createSlots(3)
  expect([await slots.take(1), slots.takeFree(1), slots.takeFree(5), slots.takeFree(5)]).toEqual([1, 1, 1, 0])
  const waits = slots.take(3)
  slots.give(2)
  expect([await waits, slots.takeFree(1)]).toEqual([2, 0])
})

test('never more are taken than there are, nobody gets more than asked, and everybody is served', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({min: 1, max: 7}),
      fc.array(fc.record({most: fc.integer({min: 1, max: 5}), first: fc.boolean()}), {minLength: 1, maxLength: 40}),
      async (total, wishes) => {
        const slots = createSlots(total)
        let taken = 0
        let served = 0
        await Promise.all(
          wishes.map(async ({most, first}) => {
            const count = await slots.take(most, {first})
            taken += count
            served += 1
            expect(count).toBeGreaterThan(0)
            expect(count).toBeLessThanOrEqual(most)
            expect(taken).toBeLessThanOrEqual(total)
            await Promise.resolve()
            taken -= count
            slots.give(count)
          }),
        )
        expect(served).toBe(wishes.length)
      },
    ),
  )
})
