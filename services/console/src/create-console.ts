import {readFileSync} from 'node:fs'
import {Hono, type Context} from 'hono'
import {html} from 'hono/html'
import type {Ledger} from '@broadside/ledger'
import {BroadsideError, type Clock, type Logger, type Service} from '@broadside/runtime'
import {consoleGuard} from './console-guard.ts'
import {editionPage} from './edition-page.ts'
import {frontPage} from './front-page.ts'
import {pageFrame, type Html} from './page-frame.ts'
import {pushPage} from './push-page.ts'
import {sitePage} from './site-page.ts'

export type ConsoleDeps = {ledger: Ledger; clock: Clock; log: Logger}

export type ConsoleOptions = {
  /** Asked of every visitor, as a bearer token or as the password of HTTP Basic; nobody is asked without it. */
  token?: string
}

const stylesheet = readFileSync(new URL('console.css', import.meta.url), 'utf8')

/**
 * Console: pages for authors and operators, read from the ledger with each request. They change nothing, and need no
 * script in the browser. Whoever serves `routes` keeps them on loopback unless a token is asked for.
 */
export function createConsole(
  {ledger: {db}, clock}: ConsoleDeps,
  {token}: ConsoleOptions = {},
): Service & {routes: Hono} {
  const routes = new Hono()
  routes.use('*', consoleGuard(token))
  routes.get('/console.css', (c) => c.body(stylesheet, 200, {'content-type': 'text/css; charset=utf-8'}))
  routes.get('/', async (c) => c.html(await frontPage(db, clock.now())))
  routes.get('/sites/:site', (c) =>
    orNotFound(c, () => sitePage(db, c.req.param('site'), toNumber(c.req.query('before')), clock.now())),
  )
  routes.get('/sites/:site/revisions/:number', (c) =>
    orNotFound(c, async () => {
      const number = toNumber(c.req.param('number'))
      return number === undefined ? undefined : pushPage(db, c.req.param('site'), number, clock.now())
    }),
  )
  routes.get('/editions/:id', (c) => orNotFound(c, () => editionPage(db, c.req.param('id'), clock.now())))
  return {name: 'console', routes, async start() {}, async stop() {}}
}

async function orNotFound(c: Context, page: () => Promise<Html | undefined>): Promise<Response> {
  try {
    const found = await page()
    if (found !== undefined) return c.html(found)
  } catch (error) {
    if (!(error instanceof BroadsideError) || error.code !== 'site.unknown') throw error
  }
  return c.html(pageFrame({title: 'Not found', body: html`<p>Nothing is here. <a href="/">All sites</a></p>`}), 404)
}

function toNumber(given: string | undefined): number | undefined {
  return given !== undefined && /^\d{1,15}$/.test(given) ? Number(given) : undefined
}
