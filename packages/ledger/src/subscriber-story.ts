import type {Db} from './open-ledger.ts'
import type {EditionRow} from './editions.ts'

/** One thing that happened with somebody; `at` is ms. No line holds an address unless a mail server's answer does. */
export type StoryLine = {at: number; what: string; detail: string}

/**
 * Everything that the ledger knows about somebody, oldest first: how they came and went, what they were sent, what was
 * answered, and of each edition why they got it or did not. With `edition` that one alone, beside what they were.
 */
export async function subscriberStory(
  db: Db,
  {site, subscriber}: {site: string; subscriber: string},
  edition?: EditionRow,
): Promise<StoryLine[]> {
  const about = {site, subscriber}
  const lines = [...(await journalLines(db, about)), ...(await deliveryLines(db, about, edition))]
  lines.push(...(await reportLines(db, about, edition)))
  if (edition === undefined) lines.push(...(await letterLines(db, about)))
  else if (!lines.some(({what}) => what.startsWith('edition'))) lines.push(await leftOut(db, about, edition))
  return lines.toSorted((one, other) => one.at - other.at)
}

type About = {site: string; subscriber: string}

async function journalLines(db: Db, {site, subscriber}: About): Promise<StoryLine[]> {
  const rows = await db
    .selectFrom('audience_journal')
    .selectAll()
    .where('site', '=', site)
    .where('subscriber', '=', subscriber)
    .orderBy('seq')
    .execute()
  return rows.map(({at, state, event, cause}) => ({at, what: state, detail: `${event}, by ${cause}`}))
}

async function letterLines(db: Db, {site, subscriber}: About): Promise<StoryLine[]> {
  const rows = await db
    .selectFrom('letters')
    .selectAll()
    .where('site', '=', site)
    .where('subscriber', '=', subscriber)
    .where('revision', 'is', null)
    .execute()
  return rows.map(({created_at: at, kind, state, reply}) => ({
    at,
    what: `${kind} mail`,
    detail: reply === null ? state : `${state}: ${reply}`,
  }))
}

/** What mail servers, providers and the person told about their mails. */
async function reportLines(db: Db, {site, subscriber}: About, edition?: EditionRow): Promise<StoryLine[]> {
  let query = db.selectFrom('mail_reports').selectAll().where('site', '=', site).where('subscriber', '=', subscriber)
  if (edition !== undefined) query = query.where('mail', '=', edition.id)
  return (await query.execute()).map(({at, source, kind, fault, mail_kind: sort, mail, reply}) => ({
    at,
    what: `report on ${sort} ${mail}`,
    detail: `${kind}${fault === null ? '' : ` (${fault})`}, told by ${source}${reply === '' ? '' : `: ${reply}`}`,
  }))
}

async function deliveryLines(db: Db, {site, subscriber}: About, edition?: EditionRow): Promise<StoryLine[]> {
  let query = db
    .selectFrom('editions as e')
    .innerJoin('deliveries as d', 'd.edition', 'e.id')
    .select(['e.id', 'e.subject', 'e.created_at', 'e.frozen_at', 'd.state', 'd.reply', 'd.changed_at', 'd.attempt'])
    .where('e.site', '=', site)
    .where('d.subscriber', '=', subscriber)
  if (edition !== undefined) query = query.where('e.id', '=', edition.id)
  const lines: StoryLine[] = []
  for (const row of await query.execute()) {
    const name = `edition ${row.id} “${row.subject}”`
    const {state, reply, attempt} = row
    const isOut = state === 'excluded'
    if (!isOut) lines.push({at: row.frozen_at ?? row.created_at, what: name, detail: 'is in its audience'})
    const refusals = await db
      .selectFrom('delivery_refusals')
      .selectAll()
      .where('edition', '=', row.id)
      .where('subscriber', '=', subscriber)
      .orderBy('at')
      .execute()
    lines.push(...refusals.map((one) => ({at: one.at, what: name, detail: `${one.state}: ${one.reply}`})))
    const told = refusals.some((one) => one.at === row.changed_at && one.state === state)
    if (told) continue
    const tries = attempt > 1 ? ` at try ${attempt}` : ''
    lines.push({at: row.changed_at, what: name, detail: `${state}${tries}${reply === null ? '' : `: ${reply}`}`})
  }
  return lines
}

/** Why somebody has no row of an edition: it has no audience yet, or they were not active when that was fixed. */
async function leftOut(db: Db, {site, subscriber}: About, edition: EditionRow): Promise<StoryLine> {
  const what = `edition ${edition.id} “${edition.subject}”`
  if (edition.digest !== null) {
    return {at: edition.created_at, what, detail: 'is not in its audience: its posts do not wait for this person'}
  }
  if (edition.corrects !== null && edition.frozen_at !== null) {
    return {at: edition.frozen_at, what, detail: 'is not in its audience: was not in that of the mail that it corrects'}
  }
  if (edition.boundary === null) {
    const why = edition.reason === null ? '' : `: ${edition.reason}`
    return {at: edition.created_at, what, detail: `has no audience, it is ${edition.state}${why}`}
  }
  const row = await db
    .selectFrom('audience_journal')
    .select('state')
    .where('site', '=', site)
    .where('subscriber', '=', subscriber)
    .where('seq', '<=', edition.boundary)
    .orderBy('seq', 'desc')
    .executeTakeFirst()
  const was = row === undefined ? 'was not known yet' : `was ${row.state}`
  return {at: edition.frozen_at ?? edition.created_at, what, detail: `is not in its audience: ${was} when it was fixed`}
}
