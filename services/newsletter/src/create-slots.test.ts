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
