import type {Db, PostVersionsTable} from '@broadside/ledger'
import {aliasesOf} from './candidate.ts'
import {currentAliases, currentPosts} from './standing.ts'
import {beginPosts, endPosts, sameVersion, toVersionRow} from './version-rows.ts'
import type {Draft} from './write-revision.ts'

/** One post in a revision. */
export type PostChange = {
  id: string
  before: PostVersionsTable | undefined
  after: PostVersionsTable | undefined
  /** A fragment is needed for it. */
  rendered: boolean
}

/** Writes the versions that end and begin with the revision; what is as it was stays. */
export async function writePosts(db: Db, site: string, number: number, draft: Draft): Promise<PostChange[]> {
  const changes: PostChange[] = []
  const begin: Parameters<typeof beginPosts>[1] = []
  const change = (before: PostVersionsTable | undefined, version: PostVersionsTable, aliases: string[]): void => {
    begin.push({version, aliases})
    const rendered = version.status === 'live' || version.status === 'scheduled'
    changes.push({id: version.id, before, after: version, rendered})
  }

  const leaving = await currentPosts(db, site, [...draft.leaving])
  for (const [id, before] of leaving) changes.push({id, before, after: undefined, rendered: false})
  const aliasesNow = await currentAliases(db, site, [
    ...draft.accepted.flatMap(({row}) => row?.id ?? []),
    ...draft.ticked.map(({current}) => current.id),
  ])
  for (const candidate of draft.accepted) {
    const {record, row} = candidate
    const version = toVersionRow(site, number, candidate)
    const had = new Set([...candidate.had.keys(), ...(draft.onTheWay.postsHad.get(record.id)?.keys() ?? [])])
    const aliases = aliasesOf(version.address, candidate.meta.aliases, had)
    const isSame = row !== undefined && sameVersion(row, version)
    if (!isSame || JSON.stringify(aliasesNow.get(record.id)) !== JSON.stringify(aliases)) {
      change(row, version, aliases)
    }
  }
  for (const {current, status} of draft.ticked) {
    change(current, {...current, from_revision: number, status}, aliasesNow.get(current.id)!)
  }
  const changed = new Set(changes.map(({id}) => id))
  for (const current of draft.withImages) {
    if (changed.has(current.id)) continue
    changes.push({id: current.id, before: current, after: current, rendered: false})
  }

  const ended = changes.filter(({before, after}) => before !== undefined && before !== after)
  await endPosts(
    db,
    site,
    ended.map(({id}) => id),
    number,
  )
  await beginPosts(db, begin)
  return changes
}
