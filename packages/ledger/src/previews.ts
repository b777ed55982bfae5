import {createHmac, randomUUID} from 'node:crypto'
import {BroadsideError} from '@broadside/runtime'
import {forgetPreview} from './forget-preview.ts'
import type {Db} from './open-ledger.ts'
import {isRemoved} from './is-removed.ts'
import type {SitesTable} from './tables.ts'

const tokenLength = 16
const previewName = /^(.+)--([0-9a-f]{16})$/

/** The site a preview belongs to and the part of its address that nobody guesses; undefined for a site's own name. */
export function readPreviewName(name: string): {of: string; token: string} | undefined {
  const [, of, token] = previewName.exec(name) ?? []
  return of === undefined || token === undefined ? undefined : {of, token}
}

/** The site that a name belongs to: a preview's site, a site itself. */
export function ownerOf(name: string): string {
  return readPreviewName(name)?.of ?? name
}

/** Whether a push to the branch is previewed: `*` in the pattern stands for any characters. */
export function isPreviewed({branch: own, preview_pattern: pattern}: SitesTable, branch: string): boolean {
  if (pattern === null || branch === own) return false
  const parts = pattern.split('*').map((part) => part.replaceAll(/[^a-zA-Z0-9]/g, (sign) => `\\${sign}`))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(branch)
}

/** The previews of a site, by name. */
export async function listPreviews(db: Db, site: string): Promise<SitesTable[]> {
  return db
    .selectFrom('sites')
    .selectAll()
    .where('preview_of', '=', site)
    .where('state', '!=', 'removed')
    .orderBy('name')
    .execute()
}

/**
 * The preview of a branch, made or back where it is not there; the same branch always has the same address. Of an earlier
 * one that is over nothing is left then but its manifest. One that is back has another id: its revisions begin at 1 again,
 * and what was remembered of the ones before is not true of them.
 */
export async function ensurePreview(db: Db, site: SitesTable, branch: string, now: number): Promise<SitesTable> {
  const token = createHmac('sha256', site.preview_key ?? '')
    .update(branch)
    .digest('hex')
    .slice(0, tokenLength)
  const row: SitesTable = {
    ...site,
    name: `${site.name}--${token}`,
    id: randomUUID(),
    branch,
    site_url: `${site.site_url.replace(/\/*$/, '/')}~${token}/`,
    state: 'active',
    preview_of: site.name,
    preview_pattern: null,
    preview_key: null,
    from_domains: null,
    first_revision: null,
    pinned: null,
    created_at: now,
  }
  const {remote, site_url, audience_url, state} = row
  if (await isRemoved(db, row.name)) await forgetPreview(db, row.name)
  return db
    .insertInto('sites')
    .values(row)
    .onConflict((c) =>
      c.column('name').doUpdateSet((e) => ({
        remote,
        site_url,
        audience_url,
        state,
        id: e.case().when('sites.state', '=', 'removed').then(row.id).else(e.ref('sites.id')).end(),
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow()
}

/**
 * Says which branches of a site are previewed, with the key that their addresses come from; null for none.
 * @throws BroadsideError `site.preview-name` (invalid).
 */
export async function setPreviews(db: Db, site: string, pattern: string | null, key: string): Promise<void> {
  if (pattern !== null && site.length > 22) {
    throw new BroadsideError('invalid', 'site.preview-name', `the name ${site} is too long for a site with previews`, {
      hint: 'Previews are named after their site, which may have 22 characters then',
    })
  }
  await db
    .updateTable('sites')
    .set((e) => ({preview_pattern: pattern, preview_key: e.fn.coalesce('preview_key', e.val(key))}))
    .where('name', '=', site)
    .execute()
}
