import {serve, type ServerType} from '@hono/node-server'
import {Hono} from 'hono'
import {BroadsideError, kindOf, type ErrorKind} from './errors.ts'
import type {Service} from './lifecycle.ts'
import type {Logger} from './logger.ts'

/** Says whether something that the service needs answers; resolves to a short word, rejects when it does not. */
export type HealthCheck = () => Promise<string>

export type HttpOptions = {
  name: string
  host: string
  /** 0 takes a free one. */
  port: number
  log: Logger
  /** `/readyz` asks each of these; one that fails makes the answer 503. */
  checks?: Record<string, HealthCheck>
  routes?: Hono
}

export type HttpServer = Service & {url: () => string}

/** An HTTP server with `/healthz` (the process is up), `/readyz` (what it needs is there) and `routes`. */
export function createHttpServer({name, host, port, log, checks = {}, routes}: HttpOptions): HttpServer {
  const app = new Hono()
  app.get('/healthz', (c) => c.json({status: 'ok'}))
  app.get('/readyz', async (c) => {
    const answers = await Promise.all(
      Object.entries(checks).map(async ([key, check]) => {
        try {
          return [key, await check()] as const
        } catch (error) {
          return [key, `failed: ${error instanceof Error ? error.message : String(error)}`] as const
        }
      }),
    )
    const ready = answers.every(([, answer]) => !answer.startsWith('failed'))
    return c.json({status: ready ? 'ok' : 'degraded', checks: Object.fromEntries(answers)}, ready ? 200 : 503)
  })
  if (routes !== undefined) app.route('/', routes)
  app.onError((error) => {
    if (kindOf(error) === 'bug') log.error({event: 'http.failed', err: error}, error.message)
    return problemResponse(error)
  })
  app.notFound(() => problemResponse(new BroadsideError('invalid', 'http.not-found', 'nothing is here'), 404))

  let server: ServerType | undefined
  return {
    name,
    url: () => `http://${host}:${addressPort(server) ?? port}`,
    start: () =>
      new Promise((resolve, reject) => {
        server = serve({fetch: app.fetch, hostname: host, port}, () => resolve())
        server.once('error', (cause: NodeJS.ErrnoException) => {
          const message = `${name}: cannot listen on ${host}:${port} (${cause.code ?? cause.message})`
          reject(new BroadsideError('invalid', 'http.port', message, {cause, hint: 'Choose another port'}))
        })
      }),
    stop: () =>
      new Promise((resolve) => {
        if (server === undefined) return resolve()
        const closing = server
        server = undefined
        closing.close(() => resolve())
        if ('closeIdleConnections' in closing) closing.closeIdleConnections()
        if ('closeAllConnections' in closing) setTimeout(() => closing.closeAllConnections(), 1_000).unref()
      }),
  }
}

function addressPort(server: ServerType | undefined): number | undefined {
  const address = server?.address()
  return typeof address === 'object' && address !== null ? address.port : undefined
}

/** An error as application/problem+json (RFC 9457): its code and message, and nothing of the inside of a bug. */
export function problemResponse(error: unknown, status = statusOf(kindOf(error))): Response {
  const ours = error instanceof BroadsideError && error.kind !== 'bug'
  const body = ours
    ? {type: `urn:broadside:error:${error.code}`, title: error.message, status, code: error.code, hint: error.hint}
    : {type: 'about:blank', title: 'Something broke on our side', status}
  const headers: Record<string, string> = {'content-type': 'application/problem+json'}
  if (status === 503 || status === 429) {
    const waitMs = error instanceof BroadsideError ? (error.retryAfterMs ?? 1_000) : 1_000
    headers['retry-after'] = String(Math.ceil(waitMs / 1_000))
  }
  return new Response(JSON.stringify(body), {status, headers})
}

function statusOf(kind: ErrorKind): number {
  const statuses: Record<ErrorKind, number> = {invalid: 400, transient: 503, throttled: 429, uncertain: 502, bug: 500}
  return statuses[kind]
}
