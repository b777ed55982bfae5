import {sql} from 'kysely'
import {expect, test} from 'vitest'
import {collectTexts, openLedger, writeEffects} from './index.ts'

test('each column that may name a text or a fragment is known to what collects them', async () => {
  const {db, close} = await openLedger('sqlite::memory:')
  const {rows} = await sql<{place: string}>`select m.name || '.' || c.name as place
    from sqlite_master m join pragma_table_info(m.name) c
    where m.type = 'table' and (c.name like '%hash%' or c.name like '%fragment%') order by place`.execute(db)
  await close()
  // Whoever adds one decides whether it keeps a text alive (collect-history.ts), and adds it here.
  const naming = [
    'consents.text_hash',
    'editions.message_hash',
    'page_versions.fragment_key',
    'page_versions.source_hash',
    'post_versions.fragment_key',
    'post_versions.source_hash',
    'posts.source_hash',
    'renders.fragment_key',
    'renders.source_hash',
    'revisions.settings_hash',
    'revisions.theme_hash',
  ]
  const others = [
    'asset_versions.hash',
    'editions.audience_hash',
    'hints.body_hash',
    'image_files.hash',
    'images.hash',
    'loose_binaries.hash',
    'manifest.hash',
    'posts.text_hash',
    'release_outputs.hash',
    'texts.hash',
  ]
  expect(rows.map(({place}) => place)).toEqual([...naming, ...others].toSorted())
})

test('hints and effects go a month after they were settled, and what is open stays', async () => {
  const ledger = await openLedger('sqlite::memory:')
  const {db} = ledger
  const month = 30 * 86_400_000
  const now = 2 * month
  const hint = {site: 'notes', source: 'hook', received_at: 0, body_hash: null, commit_id: null}
  const closedAt = {old: 1, fresh: now - 1, open: null}
  for (const [delivery, at] of Object.entries(closedAt))
    await db
      .insertInto('hints')
      .values({...hint, delivery, closed_at: at})
      .execute()
  const effect = {site: 'notes', kind: 'websub', target: 'https://hub.example/', revision: 1, payload: '{}'}
  const write = (subject: string, version: number, at: number) => writeEffects(db, [{...effect, subject, version}], at)
  await write('of old', 2, 1)
  // Each of these is over when it is written.
  await write('of old', 1, 1)
  await write('of new', 2, 1)
  await write('of new', 1, now - 1)

  const dry = await collectTexts(ledger, {now, isDry: true})
  expect(await collectTexts(ledger, {now, isDry: false})).toEqual(dry)
  expect(dry.told).toBe(2)
  const hints = await db.selectFrom('hints').select('delivery').orderBy('id').execute()
  expect(hints.map(({delivery}) => delivery)).toEqual(['fresh', 'open'])
  const effects = await db.selectFrom('effects').select(['subject', 'version', 'state']).orderBy('id').execute()
  expect(effects).toEqual([
    {subject: 'of old', version: 2, state: 'pending'},
    {subject: 'of new', version: 2, state: 'pending'},
    {subject: 'of new', version: 1, state: 'superseded'},
  ])
  await ledger.close()
})
