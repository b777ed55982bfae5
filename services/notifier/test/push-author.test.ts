import {rm} from 'node:fs/promises'
import {until} from '@broadside/testkit'
import {afterAll, afterEach, beforeAll, beforeEach, expect, test} from 'vitest'
import {acceptRevision, writeRelease} from './fill-ledger.ts'
import {startBed, startBus, type Bed} from './start-bed.ts'

let nats: Awaited<ReturnType<typeof startBus>>
let bed: Bed
beforeAll(async () => {
  nats = await startBus()
})
afterAll(async () => {
  await nats.stop()
  await rm(nats.folder, {recursive: true, force: true})
})
beforeEach(async () => {
  bed = await startBed(nats)
})
afterEach(() => bed.stop())

const author = 'ines@studio.example'
const errors = [{file: 'posts/x.md', line: 3, column: 7, message: 'A quote is opened and not closed.'}]

const letters = () => bed.ledger.db.selectFrom('letters').select(['id', 'kind', 'revision', 'state']).execute()
const kept = async () => {
  const rows = await bed.ledger.db.selectFrom('push_authors').select('revision').orderBy('revision').execute()
  return rows.map(({revision}) => revision)
}
const learned = (fact: string, seen: number) =>
  until(`${fact} ${seen} is learned`, async () => {
    const rows = await bed.ledger.db.selectFrom('effect_cursors').selectAll().where('fact', '=', fact).execute()
    return rows.some((row) => row.seen === seen)
  })

test('the author of a push that fails is written to once, whatever else becomes of it', async () => {
  await bed.start()
  await acceptRevision(bed.ledger, 1, {errors, author})
  await learned('revision', 1)
  const letter = {id: 'push-failed-1', kind: 'push-failed', revision: 1, state: 'pending'}
  expect(await letters()).toEqual([letter])
  await writeRelease(bed.ledger, 1, {revision: 1})
  await learned('release', 1)
  expect(await letters()).toEqual([letter])
  expect(await kept()).toEqual([1])
})

test('nobody is written to of a push that is well, and where its author is goes once it is live', async () => {
  await bed.start()
  await acceptRevision(bed.ledger, 1, {author})
  await acceptRevision(bed.ledger, 2, {errors})
  await acceptRevision(bed.ledger, 3, {author})
  await learned('revision', 3)
  expect(await kept()).toEqual([1, 3])
  await writeRelease(bed.ledger, 1, {revision: 2})
  await learned('release', 1)
  expect(await kept()).toEqual([3])
  expect(await letters()).toEqual([])
})

test('the author of a push whose release fails for more than a minute is written to', async () => {
  await acceptRevision(bed.ledger, 1, {author})
  await bed.start()
  await learned('revision', 1)
  await writeRelease(bed.ledger, 1, {revision: 1, trouble: {why: 'theme/post.liquid:4:2', sinceMs: 61_000}})
  await until('the letter is written', async () => (await letters()).length > 0)
  expect(await letters()).toMatchObject([{id: 'push-failed-1', revision: 1}])
})
