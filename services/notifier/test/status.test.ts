import {rm} from 'node:fs/promises'
import type {StatusForge} from '@broadside/forge'
import {ensurePreview, listSites, setPreviews, setSiteState} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import {createForgeServer, until, type ForgeKind, type ForgeServer} from '@broadside/testkit'
import {afterAll, afterEach, beforeAll, beforeEach, describe, expect, test} from 'vitest'
import {acceptRevision, commitOf, site, siteUrl, writeRelease} from './fill-ledger.ts'
import {startBed, startBus, type Bed} from './start-bed.ts'

let nats: Awaited<ReturnType<typeof startBus>>
let bed: Bed
let forge: ForgeServer
beforeAll(async () => {
  nats = await startBus()
})
afterAll(async () => {
  await nats.stop()
  await rm(nats.folder, {recursive: true, force: true})
})
beforeEach(async () => {
  bed = await startBed(nats)
  forge = await createForgeServer('github')
})
afterEach(async () => {
  await bed.stop()
  await forge.close()
})

const at = ({api, repository, token}: ForgeServer, kind: ForgeKind = 'github') => {
  const given: StatusForge = {kind, api, repository, token}
  return {forgeOf: () => given}
}
const errors = [
  {file: 'posts/x.md', line: 3, column: 7, message: 'A quote is opened and not closed.'},
  {file: 'posts/y.md', line: 1, column: 1, message: 'It has no title.'},
]

test('a status leads to the push in the console, where authors reach one', async () => {
  await acceptRevision(bed.ledger, 1)
  await bed.start({...at(forge), consoleUrl: 'https://console.example/broadside'})
  await bed.settled(1, ['done'])
  expect(forge.shown(commitOf(1))).toMatchObject({url: `https://console.example/broadside/sites/${site}/revisions/1`})
})

describe.each<[ForgeKind, {context: string; pending: string; success: string; failure: string}]>([
  ['github', {context: 'broadside/field-notes', pending: 'pending', success: 'success', failure: 'failure'}],
  ['gitlab', {context: 'broadside/field-notes', pending: 'pending', success: 'success', failure: 'failed'}],
  ['gitea', {context: 'broadside/field-notes', pending: 'pending', success: 'success', failure: 'failure'}],
  ['forgejo', {context: 'broadside/field-notes', pending: 'pending', success: 'success', failure: 'failure'}],
  ['bitbucket', {context: 'field-notes', pending: 'INPROGRESS', success: 'SUCCESSFUL', failure: 'FAILED'}],
])('at %s', (kind, names) => {
  test('a commit is pending, then a success that leads to the site, or a failure with the place', async () => {
    const server = await createForgeServer(kind)
    try {
      await bed.start(at(server, kind))
      await acceptRevision(bed.ledger, 1)
      await bed.settled(1, ['done'])
      const {context, pending, success, failure} = names
      const common = {commit: commitOf(1), context, url: siteUrl}
      expect(server.shown(commitOf(1))).toEqual({
        ...common,
        state: pending,
        description: 'revision 1: 1 new; mail: none',
      })

      await writeRelease(bed.ledger, 1, {revision: 1})
      await bed.settled(2, ['done'])
      const description = 'live: revision 1: 1 new; mail: none'
      expect(server.shown(commitOf(1))).toEqual({...common, state: success, description})

      await acceptRevision(bed.ledger, 2, {errors})
      await bed.settled(3, ['done'])
      expect(server.shown(commitOf(2))).toMatchObject({
        state: failure,
        description: 'posts/x.md:3:7 A quote is opened and not closed. and 1 more',
      })
    } finally {
      await server.close()
    }
  })

  test('a status that may have been set before is set again, and that is no failure', async () => {
    const server = await createForgeServer(kind)
    try {
      await acceptRevision(bed.ledger, 1)
      await bed.start(at(server, kind))
      await bed.settled(1, ['done'])
      await bed.ledger.db.updateTable('effects').set({state: 'claimed', worker: 'gone', lease_until: 0}).execute()
      const [row] = await until('it is told again', async () => {
        const rows = await bed.effects()
        return rows.every(({state, attempt}) => state === 'done' && attempt === 2) && rows
      })
      expect(row?.answer).toMatch(/^20[01]$/)
      expect(server.requests).toHaveLength(2)
      expect(server.shown(commitOf(1))?.state).toBe(names.pending)
    } finally {
      await server.close()
    }
  })
})

test('a release that covers several pushes is told to each of their commits', async () => {
  await acceptRevision(bed.ledger, 1)
  await bed.start(at(forge))
  await bed.settled(1, ['done'])
  await acceptRevision(bed.ledger, 2)
  await acceptRevision(bed.ledger, 3, {cause: 'clock'})
  await writeRelease(bed.ledger, 1, {revision: 3})
  await until('both are live', () => [1, 2].every((number) => forge.shown(commitOf(number))?.state === 'success'))
  expect(forge.shown(commitOf(1))?.description).toBe('live, with revision 3: revision 1: 1 new; mail: none')
  expect(forge.shown(commitOf(3))).toBeUndefined()
})

test('a push that a rollback hides before it was live is told to be live once the site goes on', async () => {
  await acceptRevision(bed.ledger, 1)
  await writeRelease(bed.ledger, 1, {revision: 1})
  await bed.start(at(forge))
  await bed.settled(2)
  await acceptRevision(bed.ledger, 2)
  await writeRelease(bed.ledger, 2, {revision: 2, shows: 1})
  await writeRelease(bed.ledger, 3, {revision: 2})
  await until('it is live', () => forge.shown(commitOf(2))?.state === 'success')
  const told = await bed.ledger.db.selectFrom('effects').select('payload').where('subject', '=', commitOf(2)).execute()
  expect(told.map(({payload}) => (JSON.parse(payload) as {state: string}).state)).toEqual(['pending', 'success'])
  expect(forge.statuses.filter(({commit}) => commit === commitOf(1)).at(-1)?.state).toBe('success')
})

test('a success is not overtaken by a pending that is learned or told later', async () => {
  forge.next({status: 503, headers: {'retry-after': '600'}})
  await bed.start(at(forge))
  await acceptRevision(bed.ledger, 1)
  await until('the first try has failed', async () => (await bed.effects()).some(({answer}) => answer === '503'))
  await writeRelease(bed.ledger, 1, {revision: 1})
  const rows = await bed.settled(2)
  expect(rows.map(({state}) => state)).toEqual(['superseded', 'done'])
  await bed.ledger.db.deleteFrom('effects').where('state', '=', 'superseded').execute()
  await bed.ledger.db.deleteFrom('effect_cursors').where('fact', '=', 'revision').execute()
  const again = await bed.settled(2)
  expect(again.map(({state}) => state)).toEqual(['done', 'superseded'])
  expect(forge.statuses.map(({state}) => state)).toEqual(['success'])
})

test('a commit whose release fails for more than a minute is a failure with the reason, until it is live', async () => {
  await acceptRevision(bed.ledger, 1)
  await bed.start(at(forge))
  await bed.settled(1, ['done'])
  const why = 'theme/post.liquid:4:2 a tag is not closed'
  await writeRelease(bed.ledger, 1, {revision: 1, trouble: {why, sinceMs: 61_000}})
  await bed.settled(2, ['done'])
  expect(forge.shown(commitOf(1))).toMatchObject({state: 'failure', description: `not live: ${why}`})
  await writeRelease(bed.ledger, 2, {revision: 1})
  await bed.settled(3, ['done'])
  expect(forge.shown(commitOf(1))?.state).toBe('success')
})

test('a forge that refuses the token is not asked again, and the token is nowhere to be read', async () => {
  forge.next({status: 401, body: `{"message": "Bad credentials: ${forge.token}"}`})
  await bed.start(at(forge))
  await acceptRevision(bed.ledger, 1)
  const [row] = await bed.settled(1, ['failed'])
  expect(row?.answer).toBe('401 {"message": "Bad credentials: …"}')
  expect(forge.requests).toHaveLength(1)
  expect(JSON.stringify(await bed.effects())).not.toContain(forge.token)
})

test('what cannot be told because of what is set for the site is told once that is put right', async () => {
  let isSet = false
  let forgeAsked = 0
  await acceptRevision(bed.ledger, 1)
  await bed.start({
    forgeOf: () => {
      if (!isSet && forgeAsked > 0) throw new BroadsideError('invalid', 'config.invalid', 'the token cannot be read')
      forgeAsked += 1
      return at(forge).forgeOf()
    },
  })
  const row = await until('it has failed', async () => (await bed.effects()).find(({answer}) => answer !== null))
  expect(row.answer).toBe('the token cannot be read')
  isSet = true
  await bed.settled(1, ['done'])
})

test('of a site that was removed nothing is told any more', async () => {
  forge.next({status: 503})
  await bed.start({...at(forge), retryMs: 400})
  await acceptRevision(bed.ledger, 1, {author: 'ines@studio.example'})
  await until('the first try has failed', async () => (await bed.effects()).some(({attempt}) => attempt === 1))
  await setSiteState(bed.ledger.db, site, 'removed')
  const [row] = await bed.settled(1, ['failed'])
  expect(row?.answer).toBe('nobody is to be told there any more')
  expect(forge.requests).toHaveLength(1)
  expect(await bed.ledger.db.selectFrom('push_authors').selectAll().execute()).toEqual([])
})

test('the commit of a preview has a status of its own that leads there, and no hub is told of it', async () => {
  await bed.start(at(forge))
  await setPreviews(bed.ledger.db, site, 'draft/*', 'a-key')
  const row = (await listSites(bed.ledger.db))[0]!
  const preview = await ensurePreview(bed.ledger.db, row, 'draft/one', Date.now())
  await acceptRevision(bed.ledger, 1, {of: preview.name, hub: `${bed.outside.url}/hub`})
  await writeRelease(bed.ledger, 1, {of: preview.name, revision: 1, feeds: ['/feed.xml']})
  await until('it is live', () => forge.shown(commitOf(1))?.state === 'success')
  expect(forge.shown(commitOf(1))).toMatchObject({context: 'broadside/field-notes/preview', url: preview.site_url})
  expect((await bed.effects()).map(({kind}) => kind)).not.toContain('websub')
  expect(bed.outside.requests).toEqual([])
})

test('a site that moves to another forge has nothing told there that was meant for the first', async () => {
  const other = await createForgeServer('github')
  try {
    forge.next({status: 500})
    let now = forge
    const options = {retryMs: 200, forgeOf: () => at(now).forgeOf()}
    await bed.start(options)
    await acceptRevision(bed.ledger, 1)
    await until('the first has failed', async () => (await bed.effects()).some(({attempt}) => attempt === 1))
    now = other
    const [row] = await bed.settled(1, ['failed'])
    expect(row?.answer).toBe('nobody is to be told there any more')
    expect(other.requests).toEqual([])
  } finally {
    await other.close()
  }
})
