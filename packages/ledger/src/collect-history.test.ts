import {sql} from 'kysely'
import {expect, test} from 'vitest'
import {openLedger} from './index.ts'

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
    'texts.hash',
  ]
  expect(rows.map(({place}) => place)).toEqual([...naming, ...others].toSorted())
})
