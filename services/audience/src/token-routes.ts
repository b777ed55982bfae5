import type {Hono} from 'hono'
import {keepConsent, recordById} from '@broadside/ledger'
import type {Audience} from './audience.ts'
import {createBearers} from './create-bearers.ts'
import type {Pages} from './create-pages.ts'
import {leave} from './leave.ts'
import {readerIp} from './reader-ip.ts'
import {sendPage} from './send-page.ts'

/** How long the page that says good-bye takes it back, ms. */
const slipMs = 3_600_000

/**
 * `GET` shows a page with a button and changes nothing, since mail scanners follow every link (law 10). `POST` acts,
 * without cookies or redirects, and a repeat gives the same answer. `/unsubscribe` takes the one-click POST of mail
 * programs as well (RFC 8058). Why a link does not work is not told.
 */
export function addTokenRoutes(app: Hono, audience: Audience, pages: Pages): void {
  const {deps, options} = audience
  const {ledger, tokens, clock, log} = deps
  const {withBearer, broken} = createBearers(audience, pages)

  app.get('/confirm/:token', (c) =>
    withBearer(c, 'confirm', async ({site}, token) => {
      const page = await pages.render(site, ({confirmHeading, confirmText, confirmButton}) => ({
        heading: confirmHeading,
        text: confirmText,
        action: token,
        button: confirmButton,
      }))
      return sendPage(c, page)
    }),
  )
  app.post('/confirm/:token', (c) =>
    withBearer(c, 'confirm', async ({site, subscriber}) => {
      const told = {
        id: subscriber,
        event: 'confirmed',
        cause: 'link in the confirmation mail',
        now: clock.now(),
      } as const
      const agreed = await pages.words(site, ({confirmHeading, confirmText, confirmButton}) =>
        [confirmHeading, confirmText, confirmButton].join('\n'),
      )
      const ip = options.keepIp ? readerIp(c, options) : undefined
      const evidence = {site, subscriber, at: told.now, step: 'confirmed', source: told.cause, ip, text: agreed}
      const change = await ledger.transaction(async (tx) => {
        const now = await recordById(tx, site, told)
        if (now?.before !== now?.after) await keepConsent(tx, evidence)
        return now
      })
      // Who left in the meantime comes back by signing up again, not by an old link.
      if (change?.after !== 'active') return broken(c)
      if (change.before !== 'active') log.info({event: 'audience.confirmed', site, subscriber}, 'somebody subscribed')
      const page = await pages.render(site, ({confirmedHeading, confirmedText}) => ({
        heading: confirmedHeading,
        text: confirmedText,
      }))
      return sendPage(c, page)
    }),
  )
  app.get('/unsubscribe/:token', (c) =>
    withBearer(c, 'unsubscribe', async ({site}, token) => {
      const page = await pages.renderAnyway(site, ({leaveHeading, leaveText, leaveButton}) => ({
        heading: leaveHeading,
        text: leaveText,
        action: token,
        button: leaveButton,
      }))
      return sendPage(c, page)
    }),
  )
  app.post('/unsubscribe/:token', (c) =>
    withBearer(c, 'unsubscribe', async ({site, subscriber}) => {
      const form: Record<string, unknown> = await c.req.parseBody().catch(() => ({}))
      const cause = form['List-Unsubscribe'] === 'One-Click' ? 'one click in a mail program' : 'link in a mail'
      await leave(deps, {site, subscriber, cause, at: clock.now()})
      const claims = {purpose: 'preferences', site, subscriber, expiresAt: new Date(clock.now() + slipMs)} as const
      const page = await pages.renderAnyway(site, ({leftHeading, leftText, leftButton}) => ({
        heading: leftHeading,
        text: leftText,
        action: `../preferences/${tokens.sign(claims)}/return`,
        button: leftButton,
      }))
      return sendPage(c, page)
    }),
  )
}
