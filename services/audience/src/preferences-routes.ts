import type {Hono} from 'hono'
import {
  consentsOf,
  eraseSubscriber,
  findSubscriber,
  keepConsent,
  preferencesOf,
  recordById,
  savePreferences,
  subscriberStory,
} from '@broadside/ledger'
import type {Audience} from './audience.ts'
import {createBearers} from './create-bearers.ts'
import type {Pages} from './create-pages.ts'
import {ownLinks, preferencesForm, readPreferences, topicsOf} from './preferences-page.ts'
import {readerIp} from './reader-ip.ts'
import {sendPage} from './send-page.ts'

/**
 * What somebody may do about themselves, by a link in the footer of their mails that ends some day: choose what they
 * get, come back, take their data with them, and be forgotten. It works without script and, as everywhere, `GET` only
 * shows.
 */
export function addPreferencesRoutes(app: Hono, audience: Audience, pages: Pages): void {
  const {deps, options} = audience
  const {ledger, tokens, clock, log} = deps
  const {withBearer, broken} = createBearers(audience, pages)

  app.get('/preferences/:token', (c) =>
    withBearer(c, 'preferences', async ({site, subscriber}, token) => {
      const page = await choosePage(site, subscriber, token, 'asks')
      return page === undefined ? broken(c) : sendPage(c, page)
    }),
  )
  app.post('/preferences/:token', (c) =>
    withBearer(c, 'preferences', async ({site, subscriber}, token) => {
      const form = await c.req.parseBody({all: true})
      const {timezone = 'UTC'} = (await pages.viewOf(site))?.settings ?? {}
      const preferences = readPreferences(form, timezone)
      const told = {id: subscriber, preferences, cause: 'preference page', now: clock.now()}
      const changed = await ledger.transaction((tx) => savePreferences(tx, site, told))
      if (changed) log.info({event: 'audience.chose', site, subscriber}, 'somebody chose what they get')
      const page = await choosePage(site, subscriber, token, 'kept')
      return page === undefined ? broken(c) : sendPage(c, page)
    }),
  )
  app.post('/preferences/:token/return', (c) =>
    withBearer(c, 'preferences', async ({site, subscriber}) => {
      const told = {id: subscriber, event: 'returned', cause: 'link of their own', now: clock.now()} as const
      const agreed = await pages.words(site, ({leftText, leftButton}) => [leftText, leftButton].join('\n'))
      const ip = options.keepIp ? readerIp(c, options) : undefined
      const evidence = {site, subscriber, at: told.now, step: 'returned', source: told.cause, ip, text: agreed}
      const change = await ledger.transaction(async (tx) => {
        const now = await recordById(tx, site, told)
        if (now?.before !== now?.after) await keepConsent(tx, evidence)
        return now
      })
      if (change?.after !== 'active') return broken(c)
      if (change.before !== 'active') log.info({event: 'audience.returned', site, subscriber}, 'somebody came back')
      return sendPage(c, await pages.render(site, (words) => ({heading: words.backHeading, text: words.backText})))
    }),
  )
  app.get('/preferences/:token/data', (c) =>
    withBearer(c, 'preferences', async ({site, subscriber}) => {
      const known = await findSubscriber(ledger.db, site, subscriber)
      if (known === undefined || known.address === null) return broken(c)
      const {address, name, state, created_at: since} = known
      const story = await subscriberStory(ledger.db, {site, subscriber})
      const consents = await consentsOf(ledger.db, site, subscriber)
      const data = {
        site,
        address,
        name,
        state,
        since: instant(since),
        preferences: preferencesOf(known),
        consents: consents.map(({at, step, source, ip, text}) => ({at: instant(at), step, source, ip, text})),
        history: story.map(({at, ...line}) => ({at: instant(at), ...line})),
      }
      c.header('Content-Disposition', 'attachment; filename="my-data.json"')
      c.header('Cache-Control', 'no-store')
      c.header('X-Robots-Tag', 'noindex')
      return c.json(data)
    }),
  )
  app.get('/preferences/:token/erase', (c) =>
    withBearer(c, 'preferences', async ({site}) => {
      const page = await pages.render(site, ({eraseHeading, eraseText, eraseButton}) => ({
        heading: eraseHeading,
        text: eraseText,
        action: 'erase',
        button: eraseButton,
      }))
      return sendPage(c, page)
    }),
  )
  app.post('/preferences/:token/erase', (c) =>
    withBearer(c, 'preferences', async ({site, subscriber}) => {
      const traceOf = (known: {key: string}) => tokens.traces(site, known)[0]!
      const told = {id: subscriber, cause: 'preference page', now: clock.now(), traceOf}
      const change = await ledger.transaction((tx) => eraseSubscriber(tx, site, told))
      if (change === undefined) return broken(c)
      if (change.before !== 'erased') log.info({event: 'audience.erased', site, subscriber}, 'a subscriber was erased')
      return sendPage(c, await pages.render(site, (words) => ({heading: words.erasedHeading, text: words.erasedText})))
    }),
  )

  async function choosePage(site: string, subscriber: string, token: string, what: 'asks' | 'kept') {
    const known = await findSubscriber(ledger.db, site, subscriber)
    if (known === undefined || known.address === null) return undefined
    const view = await pages.viewOf(site)
    const topics = await topicsOf(view)
    const timezone = view?.settings.timezone ?? 'UTC'
    return pages.render(site, (words) => {
      const heading = what === 'kept' ? words.choseHeading : words.chooseHeading
      if (known.state !== 'active') {
        const links = ownLinks(words, token)
        const isBack = known.state === 'unsubscribed'
        const button = isBack ? {action: `${token}/return`, button: words.leftButton} : {}
        return {heading, text: words.awayText, ...button, links}
      }
      const text = what === 'kept' ? words.choseText : words.chooseText
      const form = preferencesForm(words, {preferences: preferencesOf(known), topics, timezone, base: token})
      const leave = tokens.sign({purpose: 'unsubscribe', site, subscriber})
      const links = [{label: words.leaveLink, url: `../unsubscribe/${leave}`}, ...(form.links ?? [])]
      return {heading, text, ...form, links}
    })
  }
}

function instant(at: number): string {
  return new Date(at).toISOString()
}
