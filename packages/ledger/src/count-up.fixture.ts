import {openLedger} from './index.ts'

// Opens the ledger at the first argument and counts up, as often as the second says: read, then write what was read.
const [url = '', times = '0'] = process.argv.slice(2)
const ledger = await openLedger(url)
for (let n = 0; n < Number(times); n += 1) {
  await ledger.transaction(async (db) => {
    const row = await db.selectFrom('facts').select('value').where('name', '=', 'count').executeTakeFirst()
    const value = String(Number(row?.value ?? 0) + 1)
    await db
      .insertInto('facts')
      .values({name: 'count', value})
      .onConflict((c) => c.column('name').doUpdateSet({value}))
      .execute()
  })
}
await ledger.close()
