import {Hono} from 'hono'
import {bodyLimit} from 'hono/body-limit'
import {BroadsideError, kindOf, problemResponse} from '@broadside/runtime'
import type {Audience} from './audience.ts'
import {addCountRoutes} from './counting/add-count-routes.ts'
import type {Counter} from './counting/create-counter.ts'
import {createPages} from './create-pages.ts'
import {addPreferencesRoutes} from './preferences-routes.ts'
import {sendPage} from './send-page.ts'
import {addSubscribeRoute} from './subscribe-route.ts'
import {addTokenRoutes} from './token-routes.ts'

/** Bytes; the largest form of ours has some hundred. */
const maxBodyBytes = 16 * 1024

/** Everything that the public reaches: see `addSubscribeRoute`, `addTokenRoutes`, `addPreferencesRoutes` and `addCountRoutes`. */
export function audienceRoutes(audience: Audience, counter: Counter): Hono {
  const {ledger, log} = audience.deps
  const app = new Hono()
  const pages = createPages(ledger, log)
  const tooLarge = new BroadsideError('invalid', 'http.too-large', `a form has at most ${maxBodyBytes} bytes`)
  app.use(bodyLimit({maxSize: maxBodyBytes, onError: () => problemResponse(tooLarge, 413)}))
  app.get('/', (c) =>
    sendPage(
      c,
      pages.plain(() => ({
        heading: 'Subscriptions',
        text: 'This is where sign-up forms and the links in our mails lead. There is nothing else to see.',
      })),
    ),
  )
  addSubscribeRoute(app, audience, pages)
  addTokenRoutes(app, audience, pages)
  addPreferencesRoutes(app, audience, pages)
  addCountRoutes(app, audience, {pages, counter})
  app.onError((error) => {
    if (kindOf(error) === 'bug') log.error({event: 'http.failed', err: error}, error.message)
    return problemResponse(error, isUnknownSite(error) ? 404 : undefined)
  })
  return app
}

function isUnknownSite(error: unknown): boolean {
  return error instanceof BroadsideError && error.code === 'site.unknown'
}
