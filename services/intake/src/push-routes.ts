import {Hono} from 'hono'
import {findSite, listPreviews, type Ledger} from '@broadside/ledger'
import {explain, kindOf, type Clock} from '@broadside/runtime'
import {formatAnswer, tellAccepted, type AcceptedRevision, type RevisionSummary} from '@broadside/revision'
import {closeHint, openHint} from './hints.ts'
import type {Intake} from './intake.ts'

export type PushRouteDeps = {ledger: Ledger; intake: Intake; clock: Clock; consoleUrl?: string}

/**
 * `POST /push/<site>` for the git hook of a repository on this machine: `{"after": "<commit>"}` is only a hint that
 * something came. The answer, lines of plain text for the author's terminal, comes once the revision is accepted.
 */
export function pushRoutes({ledger, intake, clock, consoleUrl}: PushRouteDeps): Hono {
  const routes = new Hono()
  routes.post('/push/:site', async (c) => {
    const site = c.req.param('site')
    const {state} = await findSite(ledger.db, site)
    const after = await c.req.json<{after?: string}>().then(
      (body) => String(body.after ?? ''),
      () => '',
    )
    // Durable before the work: should we die now, the sweep finds it.
    const hint = await openHint(ledger, site, after, clock.now())
    try {
      const accepted = (await intake.advance(site)) ?? (await acceptedBefore(ledger, site, after))
      await closeHint(ledger, hint, clock.now())
      if (state === 'paused') return c.text(`${site} is paused: this is taken when it goes on\n`)
      const answer = accepted === undefined ? [] : [formatAnswer(site, accepted, consoleUrl)]
      const lines = [...answer, ...(await previewsOf(ledger, site, after))]
      return c.text(lines.length === 0 ? 'nothing new to publish\n' : `${lines.join('\n')}\n`)
    } catch (error) {
      if (kindOf(error) === 'bug') throw error
      return c.text(`kept, and tried again soon: ${explain(error)}\n`, 202)
    }
  })
  return routes
}

/** Where the previews of the commit that was pushed are, or will be in a moment. */
async function previewsOf({db}: Ledger, site: string, commit: string): Promise<string[]> {
  const lines: string[] = []
  for (const {name, branch, site_url: url} of await listPreviews(db, site)) {
    const all = db.selectFrom('revisions').select('commit_id').where('site', '=', name)
    const newest = await all.orderBy('number', 'desc').executeTakeFirst()
    if (newest?.commit_id === commit) lines.push(`preview of ${branch}: ${url}`)
  }
  return lines
}

/** Another look at the repository may have come before that of the hook: the author is told the same. */
async function acceptedBefore({db}: Ledger, site: string, commit: string): Promise<AcceptedRevision | undefined> {
  const row = await db
    .selectFrom('revisions')
    .select(['number', 'summary'])
    .where('site', '=', site)
    .where('commit_id', '=', commit)
    .where('shows', 'is', null)
    .orderBy('number', 'desc')
    .executeTakeFirst()
  return row && tellAccepted(db, site, {number: row.number, summary: JSON.parse(row.summary) as RevisionSummary})
}
