import type {Db} from '@broadside/ledger'

/** How far an installation is, at one moment. */
export type Standing = {
  revision: number | null
  /** Of the newest release that readers see. */
  shown: number | null
  state: string | null
  /** How many releases are under way, paths in doubt, events not told of, editions on their way, and editions at all. */
  releases: number | null
  doubts: number | null
  untold: number | null
  mailing: number | null
  editions: number | null
}

/**
 * Reads it with one statement, so that it is of one moment: what several say is true of each of them, and the services
 * go on in between. Revisions, releases and paths are those of a site where one is named.
 */
export async function readStanding(db: Db, site = '%'): Promise<Standing> {
  return db
    .selectNoFrom((e) => {
      const releases = e.selectFrom('releases').where('site', 'like', site)
      const live = releases.where('live_at', 'is not', null).orderBy('number', 'desc').limit(1)
      const inDoubt = e.selectFrom('manifest').where('site', 'like', site).where('state', '=', 'doubt')
      const onTheirWay = e.selectFrom('editions').where('state', 'in', ['freezing', 'sending'])
      const count = e.fn.countAll<number>().as('count')
      return [
        e
          .selectFrom('revisions')
          .where('site', 'like', site)
          .select((r) => r.fn.max('number').as('number'))
          .as('revision'),
        live.select('revision').as('shown'),
        live.select('state').as('state'),
        releases.where('state', 'not in', ['done', 'superseded']).select(count).as('releases'),
        inDoubt.select(count).as('doubts'),
        e.selectFrom('outbox').where('published_at', 'is', null).select(count).as('untold'),
        onTheirWay.select(count).as('mailing'),
        e.selectFrom('editions').select(count).as('editions'),
      ]
    })
    .executeTakeFirstOrThrow()
}

/** Whether readers see the newest revision, and nothing follows by itself any more. */
export function isAtRest({revision, shown, state, ...open}: Standing): boolean {
  const isShown = revision !== null && shown === revision && state === 'done'
  return isShown && [open.releases, open.doubts, open.untold, open.mailing].every((count) => count === 0)
}
