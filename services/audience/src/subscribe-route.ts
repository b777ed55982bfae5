import type {Hono} from 'hono'
import {findSite, listSites} from '@broadside/ledger'
import {BroadsideError, problemResponse} from '@broadside/runtime'
import {z} from 'zod'
import type {Audience} from './audience.ts'
import type {AudienceWords} from './audience-words.ts'
import {challengePage} from './challenge-page.ts'
import {createChallenges} from './create-challenges.ts'
import type {Page, Pages} from './create-pages.ts'
import {createWindow} from './create-window.ts'
import {readerIp} from './reader-ip.ts'
import {sendPage} from './send-page.ts'
import {signUp} from './sign-up.ts'

const schema = z.object({
  site: z.string().max(40),
  email: z.string().max(1_000),
  name: z.string().max(1_000).optional(),
  source: z.string().max(1_000).optional(),
  /** People do not see this field; who fills it in is no person. */
  website: z.string().max(10_000).optional(),
  /** Of a form that `challengePage` or `GET /subscribe/challenge` made. */
  challenge: z.string().max(300).optional(),
  answer: z.string().max(40).optional(),
})

/**
 * `POST /subscribe`, from the form on a site's pages or as JSON from a script of the site, and what such a script needs
 * where a sign-up has to show more than an address.
 */
export function addSubscribeRoute(app: Hono, audience: Audience, pages: Pages): void {
  const {deps, options} = audience
  const window = createWindow(options.windowMs)
  const challenges = createChallenges(deps, options)

  app.use('/subscribe/*', async (c, next) => {
    await next()
    const origin = c.req.header('origin')
    if (origin === undefined) return
    c.header('Vary', 'Origin')
    if (await isOurSite(audience, origin)) c.header('Access-Control-Allow-Origin', origin)
  })
  app.options('/subscribe', (c) => {
    c.header('Access-Control-Allow-Methods', 'POST')
    c.header('Access-Control-Allow-Headers', 'Content-Type')
    c.header('Access-Control-Max-Age', '600')
    return c.body(null, 204)
  })
  app.get('/subscribe/challenge', async (c) => {
    const {name} = await findSite(deps.ledger.db, c.req.query('site') ?? '')
    c.header('Cache-Control', 'no-store')
    return c.json({kind: options.challenge, ...challenges.ask(name)})
  })
  app.post('/subscribe', async (c) => {
    const asJson = /^application\/json\b/i.test(c.req.header('content-type') ?? '')
    const parsed = schema.safeParse(asJson ? await c.req.json().catch(() => undefined) : await c.req.parseBody())
    if (!parsed.success) {
      throw new BroadsideError('invalid', 'audience.form', 'the form lacks `site` or `email`, or one is too long')
    }
    const {website = '', challenge, answer, ...form} = parsed.data
    try {
      const ip = readerIp(c, options)
      challenges.check(form.site, {challenge, answer})
      if (website === '') await signUp({deps, options}, window, {...form, ip})
    } catch (error) {
      const code = error instanceof BroadsideError ? error.code : ''
      if (asJson || !Object.hasOwn(answers, code)) throw error
      if (code === 'audience.challenge') {
        await findSite(deps.ledger.db, form.site)
        const asked = challenges.ask(form.site)
        return sendPage(c, await pages.render(form.site, (words) => challengePage(words, form, asked)))
      }
      const {status, headers} = problemResponse(error)
      const retry = headers.get('retry-after')
      if (retry !== null) c.header('Retry-After', retry)
      const say = code === 'audience.busy' ? busyPage : askAgain(form.site)
      return sendPage(c, await pages.render(form.site, say), status as 400 | 429)
    }
    if (asJson) return c.json({status: 'pending'}, 202)
    return sendPage(
      c,
      await pages.render(form.site, ({sentHeading, sentText}) => ({heading: sentHeading, text: sentText})),
    )
  })
}

/** What a person who filled in the form is told on a page. */
const answers = {'address.invalid': 400, 'address.refused': 400, 'audience.busy': 429, 'audience.challenge': 200}

const busyPage = ({busyHeading, busyText}: AudienceWords): Page => ({heading: busyHeading, text: busyText})

const askAgain =
  (site: string) =>
  ({addressHeading, addressText, askField, askButton}: AudienceWords): Page => ({
    heading: addressHeading,
    text: addressText,
    action: 'subscribe',
    button: askButton,
    fields: [
      {name: 'site', type: 'hidden', value: site},
      {name: 'email', type: 'email', label: askField, required: true, autocomplete: 'email'},
    ],
  })

/** Scripts of our own sites may read the answer, and no others. */
async function isOurSite({deps}: Audience, origin: string): Promise<boolean> {
  return (await listSites(deps.ledger.db)).some(({site_url: url}) => new URL(url).origin === origin)
}
