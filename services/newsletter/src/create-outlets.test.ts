import {createSubmitter} from '@broadside/smtp'
import {expect, test} from 'vitest'
import {createOutlets} from './create-outlets.ts'

// Nothing connects until something is submitted.
const submitter = () => createSubmitter({url: 'smtp://127.0.0.1:1', connections: 1})

test('a site whose mail server holds all of its slots takes none from the others, who share theirs', async () => {
  const [common, own] = [submitter(), submitter()]
  const outletOf = createOutlets(common, (site) => (site === 'recipes' ? own : undefined))
  expect(await outletOf('recipes').slots.take(5)).toBe(1)
  expect(await outletOf('notes').slots.take(5)).toBe(1)
  expect([outletOf('recipes').submitter, outletOf('notes').submitter]).toEqual([own, common])
  const waits = outletOf('field-notes').slots.take(1)
  expect(outletOf('notes').slots.wantedBesides('an edition')).toBe(true)
  outletOf('notes').slots.give(1)
  expect(await waits).toBe(1)
})
