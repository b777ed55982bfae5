import type {Db, PostVersionsTable} from '@broadside/ledger'
import type {LiveMeta} from '@broadside/site'
import {aliasesOf, type Candidate} from './candidate.ts'
import {inChunks} from './in-chunks.ts'
import {metaOf} from './said.ts'
import {currentAliases, currentPosts} from './standing.ts'
import {beginPosts, endPosts, sameVersion, toVersionRow, type BegunPost} from './version-rows.ts'
import type {Draft} from './write-revision.ts'

/** One post in a revision. */
export type PostChange = {
  id: string
  before: PostVersionsTable | undefined
  after: VersionAfter | undefined
  /** A fragment is needed for it. */
  rendered: boolean
  /** The version stays as it was: the change is one of its images. */
  isSame: boolean
}

/** What a revision's events, renders and summary ask of a version; `said` tells title and newsletter. */
export type VersionAfter = Pick<Candidate, 'status' | 'path' | 'address' | 'date' | 'sourceHash' | 'fragmentKey'> & {
  said: string
}

/**
 * Writes the versions that end and begin with the revision; what is as it was stays. Rows are made as they are written,
 * for a hundred thousand of them take more than all that is known of the posts.
 */
export async function writePosts(db: Db, site: string, number: number, draft: Draft): Promise<PostChange[]> {
  const changes: PostChange[] = []
  const leaving = await currentPosts(db, site, [...draft.leaving])
  for (const [id, before] of leaving) changes.push({id, before, after: undefined, rendered: false, isSame: false})
  await endPosts(db, site, [...leaving.keys()], number)

  for (const some of inChunks(draft.accepted)) {
    const ended: string[] = []
    const begun: BegunPost[] = []
    const aliasesNow = await currentAliases(
      db,
      site,
      some.flatMap(({row}) => row?.id ?? []),
    )
    for (const candidate of some) {
      const {record, row} = candidate
      const meta = metaOf(candidate.said)
      const version = toVersionRow(site, number, candidate, meta)
      const had = new Set([...candidate.had.keys(), ...(draft.onTheWay.postsHad.get(record.id)?.keys() ?? [])])
      const aliases = aliasesOf(version.address, meta.aliases, had)
      const isSame = row !== undefined && sameVersion(row, version)
      if (isSame && JSON.stringify(aliasesNow.get(record.id)) === JSON.stringify(aliases)) continue
      if (row !== undefined) ended.push(row.id)
      begun.push({version, meta, aliases})
      changes.push({id: version.id, before: row, after: candidate, rendered: isRendered(version), isSame: false})
    }
    await endPosts(db, site, ended, number)
    await beginPosts(db, begun)
  }
  for (const some of inChunks(draft.ticked)) {
    const ids = some.map(({current}) => current.id)
    const aliasesNow = await currentAliases(db, site, ids)
    const begun = some.map(({current, status}): BegunPost => {
      const version = {...current, from_revision: number, status}
      return {version, meta: JSON.parse(current.meta) as LiveMeta, aliases: aliasesNow.get(current.id)!}
    })
    for (const [n, {version}] of begun.entries()) {
      const after = versionAfter(version)
      changes.push({id: version.id, before: some[n]!.current, after, rendered: isRendered(version), isSame: false})
    }
    await endPosts(db, site, ids, number)
    await beginPosts(db, begun)
  }
  if (draft.withImages.length === 0) return changes
  const changed = new Set(changes.map(({id}) => id))
  for (const current of draft.withImages) {
    if (changed.has(current.id)) continue
    changes.push({id: current.id, before: current, after: versionAfter(current), rendered: false, isSame: true})
  }
  return changes
}

function isRendered({status}: PostVersionsTable): boolean {
  return status === 'live' || status === 'scheduled'
}

function versionAfter(row: PostVersionsTable): VersionAfter {
  const {status, path, address, date, source_hash: sourceHash, fragment_key: fragmentKey, meta} = row
  return {status, path, address, date, sourceHash, fragmentKey, said: meta}
}
