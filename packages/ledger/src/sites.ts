import {BroadsideError} from '@broadside/runtime'
import type {Db, Ledger} from './open-ledger.ts'
import {ensurePreview, listPreviews, readPreviewName} from './previews.ts'
import {checkClaims} from './site-claims.ts'
import type {SitesTable} from './tables.ts'

/** What the operator decides about a site. */
export type SiteRow = Pick<SitesTable, 'name' | 'remote' | 'branch' | 'site_url' | 'audience_url'> & {
  from_domains?: string | null
}

/** `removed`: nothing is done for it any more, and its name, address and domains are free; its record stays. */
export type SiteState = 'active' | 'paused' | 'removed'

const sitePattern = /^[a-z0-9-]{1,40}$/

/**
 * Adds a site, or brings its row up to date; what it has published stays, and one that was removed is back.
 * @throws BroadsideError `site.name`, `site.url`, `site.url-taken`, `site.from-taken` (invalid).
 */
export async function ensureSite(db: Db, row: SiteRow, {id, now}: {id: string; now: number}): Promise<void> {
  if (!sitePattern.test(row.name) || readPreviewName(row.name) !== undefined) {
    throw new BroadsideError('invalid', 'site.name', `${JSON.stringify(row.name)} cannot be a site's name`, {
      hint: 'Use 1 to 40 of a-z, 0-9 and dashes',
    })
  }
  checkClaims(row, await listSites(db))
  const {name: _name, ...rest} = row
  await db
    .insertInto('sites')
    .values({...row, id, state: 'active', first_revision: null, created_at: now})
    .onConflict((c) =>
      c.column('name').doUpdateSet((e) => ({
        ...rest,
        state: e.case().when('sites.state', '=', 'removed').then('active').else(e.ref('sites.state')).end(),
      })),
    )
    .execute()
}

/**
 * Adds a site that is not there yet.
 * @throws BroadsideError `site.exists` (invalid), and what `ensureSite` throws.
 */
export async function addSite(ledger: Ledger, row: SiteRow, about: {id: string; now: number}): Promise<void> {
  await ledger.transaction(async (db) => {
    if ((await listSites(db)).some(({name}) => name === row.name)) {
      throw new BroadsideError('invalid', 'site.exists', `there is a site ${row.name} already`, {
        hint: 'Choose another name, or remove that one first',
      })
    }
    await ensureSite(db, row, about)
  })
}

/** What an operator may change of a site that is there. */
export type SiteChanges = Partial<Omit<SiteRow, 'name'>>

/**
 * Changes what the operator has decided about a site, and what its previews have from it; a repeat changes nothing.
 * What follows from it (pages that name the address, another branch) is done by who looks at the site next.
 *
 * @throws BroadsideError `site.unknown`, `site.url`, `site.url-taken`, `site.from-taken` (invalid), with nothing written.
 */
export async function changeSite(ledger: Ledger, name: string, changes: SiteChanges): Promise<SitesTable> {
  return ledger.transaction(async (db) => {
    const row: SitesTable = {...(await findSite(db, name)), ...changes}
    checkClaims(row, await listSites(db))
    await db.updateTable('sites').set(changes).where('name', '=', name).execute()
    for (const {branch} of await listPreviews(db, name)) await ensurePreview(db, row, branch, row.created_at)
    return row
  })
}

/** Moves a site to another state; a repeat changes nothing. Of one that is removed no author's address is kept. */
export async function setSiteState(db: Db, name: string, state: SiteState): Promise<void> {
  await findSiteOrPreview(db, name)
  await db.updateTable('sites').set({state}).where('name', '=', name).execute()
  if (state === 'removed') await db.deleteFrom('push_authors').where('site', '=', name).execute()
}

/** All sites but previews and those that were removed. */
export async function listSites(db: Db): Promise<SitesTable[]> {
  return db
    .selectFrom('sites')
    .selectAll()
    .where('state', '!=', 'removed')
    .where('preview_of', 'is', null)
    .orderBy('name')
    .execute()
}

/**
 * A site by its name, and no preview.
 * @throws BroadsideError `site.unknown` (invalid).
 */
export async function findSite(db: Db, name: string): Promise<SitesTable> {
  const site = await findSiteOrPreview(db, name)
  if (site.preview_of === null) return site
  throw unknown(name)
}

/** @throws BroadsideError `site.unknown` (invalid). */
export async function findSiteOrPreview(db: Db, name: string): Promise<SitesTable> {
  const all = db.selectFrom('sites').selectAll().where('name', '=', name)
  const site = await all.where('state', '!=', 'removed').executeTakeFirst()
  if (site === undefined) throw unknown(name)
  return site
}

function unknown(name: string): BroadsideError {
  return new BroadsideError('invalid', 'site.unknown', `there is no site ${JSON.stringify(name)}`, {
    hint: 'broadside site list shows the sites there are',
  })
}

/** Whether it is a site that speaks to the world outside: a preview mails nobody and tells nobody. */
export async function isPublic(db: Db, name: string): Promise<boolean> {
  return (await listSites(db)).some((site) => site.name === name)
}

/** Whether anything is to begin for the site: a paused one keeps what it has, and waits. */
export async function isActive(db: Db, name: string): Promise<boolean> {
  const row = await db.selectFrom('sites').select('state').where('name', '=', name).executeTakeFirst()
  return row?.state === 'active'
}
