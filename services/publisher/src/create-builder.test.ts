import {mkdtemp, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {afterEach, beforeEach, expect, test, vi} from 'vitest'
import {defaultSettings} from '@broadside/content'
import {ensureSite, openLedger, type Ledger} from '@broadside/ledger'
import {createBuildOutputs} from './build-outputs.ts'
import {createBuilder, type Builder} from './create-builder.ts'

let folder: string
let ledger: Ledger
let builder: Builder
const here = vi.fn<ReturnType<typeof createBuildOutputs>>()

const at = {site: 'notes', revision: 1}
/** A large part: what every site has, and addresses where nothing is. */
const many = ['/', '/robots.txt', '/archive/', ...Array.from({length: 30}, (_, n) => `/none-${n}/`)]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'broadside-builder-'))
  const url = pathToFileURL(join(folder, 'ledger.db')).href.replace('file:', 'sqlite:')
  ledger = await openLedger(url)
  const urls = {site_url: 'https://notes.example/', audience_url: 'https://mail.example/'}
  await ensureSite(ledger.db, {name: 'notes', remote: '/notes.git', branch: 'main', ...urls}, {id: 'n', now: 0})
  here.mockImplementation(createBuildOutputs(ledger.db))
  builder = createBuilder(url, here)
})

afterEach(async () => {
  await builder.close()
  here.mockReset()
  await ledger.close()
  await rm(folder, {recursive: true})
})

async function accept(theme: Record<string, string>): Promise<void> {
  const texts = {settings: JSON.stringify(defaultSettings('notes')), theme: JSON.stringify(theme)}
  for (const [hash, body] of Object.entries(texts)) await ledger.db.insertInto('texts').values({hash, body}).execute()
  const hashes = {settings_hash: 'settings', theme_hash: 'theme', urls: '[]', summary: '{}'}
  const row = {commit_id: 'c', as_of: 0, cause: 'push', state: 'rendered', accepted_at: 0, rendered_at: 0}
  await ledger.db
    .insertInto('revisions')
    .values({site: 'notes', number: 1, ...row, ...hashes})
    .execute()
}

test('a thread builds a large part to the same bytes, and a small one is built where it is asked for', async () => {
  await accept({})
  const outputs = await builder.build(at, many)
  expect(here).not.toHaveBeenCalled()
  expect(outputs).toEqual(await createBuildOutputs(ledger.db)(at, many))
  expect(outputs.map((output) => output?.key).slice(0, 4)).toEqual([
    'index.html',
    'robots.txt',
    expect.any(String),
    undefined,
  ])
  expect(await builder.build(at, ['/'])).toEqual([outputs[0]])
  expect(here).toHaveBeenCalledTimes(1)
})

test('what comes while the thread has enough to do is built here', async () => {
  await accept({})
  const parts = await Promise.all([1, 2, 3, 4, 5].map(() => builder.build(at, many)))
  expect(here).toHaveBeenCalledTimes(2)
  for (const outputs of parts) expect(outputs).toEqual(parts[0])
})

test('what is wrong with the theme is told as it is told here', async () => {
  await accept({'post.liquid': '{{ nothing | at_all }}'})
  await expect(builder.build(at, many)).rejects.toMatchObject({
    kind: 'invalid',
    code: 'theme.template',
    details: {file: 'theme/post.liquid', line: 1},
  })
  expect(here).not.toHaveBeenCalled()
})

test('it ends what it has in hand before it closes, and then all is built here', async () => {
  await accept({})
  const asked = builder.build(at, many)
  await builder.close()
  expect(await asked).toHaveLength(many.length)
  await builder.build(at, many)
  expect(here).toHaveBeenCalledTimes(1)
})

test('a thread that ends before it has answered is tried again later', async () => {
  const lost = createBuilder('nowhere://ledger', here)
  await expect(lost.build(at, many)).rejects.toMatchObject({kind: 'transient', code: 'publisher.builder'})
  await lost.close()
})
