import {afterEach, beforeEach, describe, expect, test} from 'vitest'
import {
  addSite,
  dropPreview,
  ensurePreview,
  findSite,
  forgetPreview,
  markInDoubt,
  openLedger,
  previewsToClear,
  setSiteState,
  type Ledger,
} from './index.ts'

let ledger: Ledger
let preview: string
beforeEach(async () => {
  ledger = await openLedger('sqlite::memory:')
  const row = {
    name: 'a',
    remote: 'r',
    branch: 'main',
    site_url: 'https://a.example/',
    audience_url: 'https://m.example/',
  }
  await addSite(ledger, row, {id: 'i', now: 0})
  preview = (await begin()).name
})
afterEach(() => ledger.close())

const begin = async () => ensurePreview(ledger.db, await findSite(ledger.db, 'a'), 'draft', 0)

async function linksOf(site: string, count: number): Promise<void> {
  const rows = Array.from({length: count}, (_, n) => ({site, target: `post:${n}`, kind: 'post', owner: 'x'}))
  for (const row of rows)
    await ledger.db
      .insertInto('links')
      .values({...row, from_revision: 1, to_revision: 9})
      .execute()
  await ledger.db.insertInto('waiting_pages').values({site, path: 'p.md', address: '/p/', oid: 'o'}).execute()
}

const left = async () => {
  const rows = await ledger.db.selectFrom('links').select('site').execute()
  const pages = await ledger.db.selectFrom('waiting_pages').select('site').execute()
  return [...rows, ...pages].map(({site}) => site)
}

describe('a preview', () => {
  test('that is over is forgotten whole, however much it was, and nothing of its site', async () => {
    await linksOf(preview, 501)
    await linksOf('a', 1)
    await setSiteState(ledger.db, preview, 'removed')
    await forgetPreview(ledger.db, preview)
    expect(await left()).toEqual(['a', 'a'])
  })

  test('that is there, or there again, keeps what it has, and so does a site that was removed', async () => {
    await linksOf(preview, 1)
    await forgetPreview(ledger.db, preview)
    await linksOf('a', 1)
    await setSiteState(ledger.db, 'a', 'removed')
    await forgetPreview(ledger.db, 'a')
    expect((await left()).toSorted()).toEqual(['a', 'a', preview, preview])
  })

  test('that comes back begins anew', async () => {
    await linksOf(preview, 1)
    await setSiteState(ledger.db, preview, 'removed')
    expect((await begin()).name).toBe(preview)
    expect(await left()).toEqual([])
  })

  test('keeps its name until its files are gone', async () => {
    const names = async () => (await ledger.db.selectFrom('sites').select('name').execute()).map(({name}) => name)
    await dropPreview(ledger, preview)
    await setSiteState(ledger.db, preview, 'removed')
    const row = {site: preview, key: 'k', address: '/k', hash: 'h', headers: '{}', release: 1}
    await markInDoubt(ledger.db, [row])
    expect(await previewsToClear(ledger.db)).toEqual([preview])
    await dropPreview(ledger, preview)
    expect(await names()).toEqual(['a', preview])
    await ledger.db.deleteFrom('manifest').execute()
    await dropPreview(ledger, preview)
    expect(await names()).toEqual(['a'])
  })
})
