import {until} from '@broadside/testkit'
import {expect, onTestFinished, test} from 'vitest'
import {openBed} from './start-intake.ts'

test('a newer pipeline has each site rendered anew when intake starts, though its remote is away', async () => {
  const bed = await openBed()
  onTestFinished(() => bed.remove())
  const {db} = bed.ledger
  const causes = async () =>
    (await db.selectFrom('revisions').select('cause').orderBy('number').execute()).map(({cause}) => cause)
  await bed.start()
  await until('the first revision', async () => (await causes()).length === 1)
  await bed.stop()

  await db.updateTable('revisions').set({pipeline: 0}).execute()
  await bed.repo.destroy()
  await bed.start()
  await until('the upgrade', async () => (await causes()).length === 2)
  await bed.stop()
  await bed.start()
  await bed.stop()
  expect(await causes()).toEqual(['push', 'upgrade'])
})
