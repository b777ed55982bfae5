import {Hono} from 'hono'
import type {CapturedMessage, CapturedSummary} from './captured-message.ts'
import {inboxPage, messagePage, missingPage} from './capture-pages.ts'

/** What the routes read: a capture server is one. */
export type CapturedMail = {
  list(): CapturedSummary[]
  get(id: string): Promise<CapturedMessage | undefined>
}

// A captured mail runs nothing and sends nothing; it may show its own styles and pictures.
const policy =
  "default-src 'none'; style-src 'unsafe-inline'; img-src http: https: data:; frame-src 'self'; form-action 'none'"

/**
 * Captured mail over HTTP: `GET /api/messages` (summaries, newest last), `GET /api/messages/:id` (the whole, parsed),
 * and the same as pages at `/` (newest first) and `/messages/:id`. There is no login: mount it on the loopback only.
 */
export function captureRoutes(capture: CapturedMail): Hono {
  const app = new Hono()
  app.use(async (context, next) => {
    await next()
    context.header('Content-Security-Policy', policy)
    context.header('X-Content-Type-Options', 'nosniff')
    context.header('Referrer-Policy', 'no-referrer')
    context.header('Cache-Control', 'no-store')
  })
  app.get('/api/messages', (context) => context.json(capture.list()))
  app.get('/api/messages/:id', async (context) => {
    const message = await capture.get(context.req.param('id'))
    if (message !== undefined) return context.json(message)
    const problem = {type: 'about:blank', title: 'No such message', status: 404}
    return context.body(JSON.stringify(problem), 404, {'Content-Type': 'application/problem+json'})
  })
  app.get('/', (context) => context.html(inboxPage(capture.list())))
  app.get('/messages/:id', async (context) => {
    const message = await capture.get(context.req.param('id'))
    return message === undefined ? context.html(missingPage(), 404) : context.html(messagePage(message))
  })
  return app
}
